"""Network ACLs on ministack's EC2 API: records, no packet is filtered by them. Runs in ministack's own process."""

import re
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import (
    Created,
    Handler,
    Properties,
    call,
    call_unless_gone,
    refuse_unknown,
)

ACL = "AWS::EC2::NetworkAcl"
ENTRY = "AWS::EC2::NetworkAclEntry"
ASSOCIATION = "AWS::EC2::SubnetNetworkAclAssociation"
_ENTRY_KEY = ("Egress", "NetworkAclId", "RuleNumber")
_ENTRY_RULE = ("CidrBlock", "Ipv6CidrBlock", "PortRange", "Protocol", "RuleAction", "Icmp")


def _create_acl(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(ACL, properties, frozenset({"VpcId", "Tags"}))
    body = call(ACL, ec2._create_network_acl, {"VpcId": properties["VpcId"]})
    identifier = re.findall("<networkAclId>(.*?)</networkAclId>", body)[0]
    provisioners._ec2_apply_tags(identifier, properties, {})
    return identifier, {"Id": identifier}


def _update_acl(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(ACL, new, frozenset({"VpcId", "Tags"}))
    provisioners._ec2_apply_tags(physical_id, new, old)
    return physical_id, {"Id": physical_id}


def _delete_acl(physical_id: str, properties: Properties) -> None:
    call_unless_gone(ACL, ec2._delete_network_acl, {"NetworkAclId": physical_id})


def _create_entry(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(ENTRY, properties, frozenset({*_ENTRY_KEY, *_ENTRY_RULE}))
    for entry in ec2._network_acls.get(properties["NetworkAclId"], {"Entries": ()})["Entries"]:
        if (entry["RuleNumber"], entry["Egress"]) == (
            int(properties["RuleNumber"]),
            _egress(properties),
        ):  # ministack takes it twice
            raise ValueError(
                f"{ENTRY}: NetworkAclEntryAlreadyExists: rule {properties['RuleNumber']}, egress {_egress(properties)}"
            )
    return _set_entry(properties, ec2._create_network_acl_entry)


def _update_entry(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(ENTRY, new, frozenset({*_ENTRY_KEY, *_ENTRY_RULE}))
    return _set_entry(new, ec2._replace_network_acl_entry)


def _set_entry(properties: Properties, api: Any) -> Created:
    call(
        ENTRY, api, {**_key(properties), **{name: str(properties[name]) for name in _ENTRY_RULE if name in properties}}
    )
    entry = ec2._network_acls[properties["NetworkAclId"]]["Entries"][-1]
    entry |= {
        name: properties[name] for name in ("PortRange", "Icmp") if name in properties
    }  # which ministack's API drops
    identifier = "|".join(str(properties.get(name)) for name in _ENTRY_KEY)
    return identifier, {"Id": identifier}


def _delete_entry(physical_id: str, properties: Properties) -> None:
    call_unless_gone(ENTRY, ec2._delete_network_acl_entry, _key(properties))


def _key(properties: Properties) -> dict[str, str]:
    parameters = {"NetworkAclId": str(properties["NetworkAclId"]), "RuleNumber": str(properties["RuleNumber"])}
    return {**parameters, "Egress": str(_egress(properties)).lower()}


def _egress(properties: Properties) -> bool:
    return str(properties.get("Egress", False)).lower() == "true"


def _create_association(logical_id: str, properties: Properties, stack_name: str) -> Created:
    """By the record: ministack's ReplaceNetworkAclAssociation forgets the subnet."""
    refuse_unknown(ASSOCIATION, properties, frozenset({"NetworkAclId", "SubnetId"}))
    acl, subnet = properties["NetworkAclId"], properties["SubnetId"]
    if acl not in ec2._network_acls or subnet not in ec2._subnets:
        raise ValueError(f"{ASSOCIATION}: network ACL {acl} or subnet {subnet} does not exist")
    _forget(subnet)
    identifier = f"aclassoc-{subnet.removeprefix('subnet-')}"
    ec2._network_acls[acl]["Associations"].append({"NetworkAclAssociationId": identifier, "SubnetId": subnet})
    return identifier, {"AssociationId": identifier}


def _update_association(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _create_association("", new, stack_name)


def _delete_association(physical_id: str, properties: Properties) -> None:
    """The subnet falls back to the VPC's default ACL, of which ministack keeps no record."""
    acl = ec2._network_acls.get(properties["NetworkAclId"], {"Associations": []})
    acl["Associations"] = [a for a in acl["Associations"] if a["SubnetId"] != properties["SubnetId"]]


def _forget(subnet: str) -> None:
    for acl in ec2._network_acls.values():
        acl["Associations"] = [a for a in acl["Associations"] if a["SubnetId"] != subnet]


HANDLERS: dict[str, Handler] = {
    ACL: {"create": _create_acl, "update": _update_acl, "delete": _delete_acl},
    ENTRY: {"create": _create_entry, "update": _update_entry, "delete": _delete_entry},
    ASSOCIATION: {"create": _create_association, "update": _update_association, "delete": _delete_association},
}
REPLACED_BY = {ACL: ("VpcId",), ENTRY: _ENTRY_KEY, ASSOCIATION: ("NetworkAclId", "SubnetId")}
TAGGED = (ACL,)
