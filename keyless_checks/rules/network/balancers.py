"""What network ACLs let through for load balancers: who may come, their targets, and the answers of both."""

from functools import cached_property
from typing import Any, Final

from keyless_checks.reading.load_balancers import HTTP, HTTPS, handed, own_subnets, ranges
from keyless_checks.reading.placed import subnets_of
from keyless_checks.reading.templates import Resource, Templates

ANSWERS: Final = (1024, 65535)
_ASKED: Final = {(HTTPS, HTTPS), (HTTP, HTTP)}


def ports_of(entry: Resource) -> tuple[Any, ...]:
    return tuple(entry.props["PortRange"].get(key) for key in ("From", "To"))


class Balancers:
    """Those of some templates, as entries of ACLs see them."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._allowed, self._subnets = ranges(templates), own_subnets(templates)
        self._ports = {(one.port, one.port) for one in handed(templates)}

    def concern(self, entry: Resource) -> bool:
        """Whether it is of their subnets, or names one."""
        return self._acl(entry) in self._acls or entry.props["CidrBlock"] in self._blocks

    def needs(self, entry: Resource) -> bool:
        """Whether one of their connections needs it."""
        egress, block, ports = entry.props["Egress"], entry.props["CidrBlock"], ports_of(entry)
        asked, answered = (ports in self._ports, ports == ANSWERS)
        if self._acl(entry) not in self._acls:
            return answered if egress else asked
        if block in self._targets:
            return asked if egress else answered
        return block in self._allowed and (answered if egress else ports in _ASKED)

    @cached_property
    def _acls(self) -> set[str]:
        """Of subnets that are theirs alone."""
        found: dict[str, set[str]] = {}
        for tie in self._templates.all("AWS::EC2::SubnetNetworkAclAssociation"):
            found.setdefault(self._acl(tie), set()).add(self._templates.text(tie.stack, tie.props["SubnetId"]))
        return {acl for acl, subnets in found.items() if subnets <= self._subnets}

    @cached_property
    def _blocks(self) -> set[object]:
        return {self._block(subnet) for subnet in self._subnets} - {None}

    @cached_property
    def _targets(self) -> set[object]:
        """The ranges that their targets are in."""
        targets = [one.target for one in handed(self._templates)]
        return {self._block(self._templates.text(one.stack, subnet)) for one in targets for subnet in subnets_of(one)}

    def _acl(self, resource: Resource) -> str:
        return self._templates.text(resource.stack, resource.props["NetworkAclId"])

    def _block(self, subnet: str) -> object:
        found = self._templates.find(subnet)
        return found.props.get("CidrBlock") if found else None
