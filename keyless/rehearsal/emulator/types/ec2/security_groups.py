"""Security group rules, and the default group that loses its own, on ministack's EC2 API. Runs in its process."""

import re
from collections.abc import Mapping

from ministack.services import ec2

from keyless.rehearsal.emulator.types.handlers import (
    ApiCall,
    Created,
    Handler,
    Properties,
    call,
    call_unless_gone,
    refuse_unknown,
)

INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
CLOSED_GROUP = "Custom::VpcRestrictDefaultSG"
_RULE = frozenset({"CidrIp", "CidrIpv6", "FromPort", "GroupId", "IpProtocol", "ToPort"})
_PEER = {INGRESS: "SourceSecurityGroupId", EGRESS: "DestinationSecurityGroupId"}
_STORE = {INGRESS: "IpPermissions", EGRESS: "IpPermissionsEgress"}
_AUTHORIZE: Mapping[str, ApiCall] = {INGRESS: ec2._authorize_sg_ingress, EGRESS: ec2._authorize_sg_egress}
_REVOKE: Mapping[str, ApiCall] = {INGRESS: ec2._revoke_sg_ingress, EGRESS: ec2._revoke_sg_egress}


def _rule_handler(rule: str) -> Handler:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        refuse_unknown(rule, properties, _RULE | {_PEER[rule], "Description"})
        group = ec2._security_groups.get(properties["GroupId"]) or {_STORE[rule]: ()}
        before = len(group[_STORE[rule]])
        body = call(rule, _AUTHORIZE[rule], _permission(rule, properties))
        if len(group[_STORE[rule]]) == before:  # ministack passes over a duplicate, which EC2 refuses
            raise ValueError(f"{rule}: InvalidPermission.Duplicate: {properties['GroupId']} has this rule already")
        identifier = re.findall("<securityGroupRuleId>(.*?)</securityGroupRuleId>", body)[0]
        return identifier, {"Id": identifier}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
        delete(physical_id, old)  # only the description differs, everything else replaces
        return create("", new, stack_name)

    def delete(physical_id: str, properties: Properties) -> None:
        call_unless_gone(rule, _REVOKE[rule], {"GroupId": properties["GroupId"], "SecurityGroupRuleId.1": physical_id})

    return {"create": create, "update": update, "delete": delete}


def _permission(rule: str, properties: Properties) -> dict[str, str]:
    peers = {"CidrIp": "IpRanges.1.CidrIp", "CidrIpv6": "Ipv6Ranges.1.CidrIpv6", _PEER[rule]: "Groups.1.GroupId"}
    chosen = [name for name in peers if properties.get(name)]
    if len(chosen) != 1:
        raise ValueError(f"{rule}: exactly one of {', '.join(peers)} is needed, found {', '.join(chosen) or 'none'}")
    key = peers[chosen[0]]
    values = {key: properties[chosen[0]], key.rsplit(".", 1)[0] + ".Description": properties.get("Description")}
    values |= {name: properties.get(name) for name in ("IpProtocol", "FromPort", "ToPort")}
    return {
        "GroupId": properties["GroupId"],
        **{f"IpPermissions.1.{k}": str(v) for k, v in values.items() if v is not None},
    }


def _close_group(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(CLOSED_GROUP, properties, frozenset({"Account", "DefaultSecurityGroupId", "ServiceToken"}))
    group = properties["DefaultSecurityGroupId"]
    for rule in _PEER:
        for permission in list(ec2._security_groups[group][_STORE[rule]]):
            identifier = ec2._sg_rule_id(group, rule == EGRESS, permission)
            call(CLOSED_GROUP, _REVOKE[rule], {"GroupId": group, "SecurityGroupRuleId.1": identifier})
    return f"closed-{group}", {}


def _update_closed_group(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _close_group("", new, stack_name)


def _forget_closed_group(physical_id: str, properties: Properties) -> None:
    """The default group goes with its VPC."""


HANDLERS: dict[str, Handler] = {
    INGRESS: _rule_handler(INGRESS),
    EGRESS: _rule_handler(EGRESS),
    CLOSED_GROUP: {"create": _close_group, "update": _update_closed_group, "delete": _forget_closed_group},
}
REPLACED_BY = {rule: tuple(sorted(_RULE | {_PEER[rule]})) for rule in _PEER} | {
    CLOSED_GROUP: ("DefaultSecurityGroupId",)
}
TAGGED: tuple[str, ...] = ()
