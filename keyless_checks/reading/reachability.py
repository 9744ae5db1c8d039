"""Which component can open a TCP connection to which, on which ports: from the templates alone.

A connection needs the security groups of both ends, a route, and the network ACLs of both subnets, for the asking
packets and for the answers. It counts only when it works between all of the two components' subnets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from itertools import pairwise, product

from keyless_checks.reading.components import Component, components
from keyless_checks.reading.security_groups import ALL_PORTS, GroupRule, Ports, group_rules
from keyless_checks.reading.subnets import EVERYWHERE, Subnet, routed_outside, subnets
from keyless_checks.reading.templates import Templates


@dataclass(frozen=True)
class Reach:
    source: str
    target: str
    ports: tuple[Ports, ...]

    def __str__(self) -> str:
        return (
            f"{self.source} -> {self.target}: tcp "
            f"{', '.join(str(low) if low == high else f'{low}-{high}' for low, high in self.ports)}"
        )


@dataclass(frozen=True)
class Reachability:
    """Of one environment."""

    templates: Templates

    def matrix(self) -> Iterator[Reach]:
        """Every connection that can be opened, between components or from one to what lies outside."""
        every = list(components(self.templates))
        for source, target in product(every, every):
            if (
                source != target
                and _asks(source)
                and not target.addresses
                and (ports := tuple(self._ports(source, target)))
            ):
                yield Reach(source.name, target.name, ports)

    def _ports(self, source: Component, target: Component) -> Iterator[Ports]:
        """The ranges of ports that are open from source to target."""
        ranges = [
            (low, after - 1)
            for low, after in pairwise([*self._cuts, ALL_PORTS[1] + 1])
            if self._open(source, target, low)
        ]
        starts = [low for low, _ in ranges if low - 1 not in {high for _, high in ranges}]
        ends = [high for _, high in ranges if high + 1 not in {low for low, _ in ranges}]
        yield from zip(starts, ends, strict=True)

    @cached_property
    def _rules(self) -> list[GroupRule]:
        return group_rules(self.templates)

    @cached_property
    def _subnets(self) -> dict[str, Subnet]:
        return subnets(self.templates)

    @cached_property
    def _cuts(self) -> list[int]:
        """Ports at which any rule begins, or the one after it ends: between two of them all ports fare alike."""
        ranges = [rule.ports for rule in self._rules] + [e.ports for s in self._subnets.values() for e in s.acl or ()]
        cuts = {0, *(low for low, _ in ranges), *(high + 1 for _, high in ranges)}
        return sorted(cut for cut in cuts if ALL_PORTS[0] <= cut <= ALL_PORTS[1])

    def _open(self, source: Component, target: Component, port: int) -> bool:
        if source.addresses:
            return self._lets_in(source, target, port) and all(
                _comes_in(subnet, source.addresses, port) for subnet in self._of(target)
            )
        if target.outside:
            return self._lets_out(source, target, port) and all(
                self._way_out(subnet, target, port) for subnet in self._of(source)
            )
        pairs = product(self._of(source), self._of(target))
        return (
            self._lets_out(source, target, port)
            and self._lets_in(source, target, port)
            and all(_acls_let(one, other, port) for one, other in pairs)
        )

    def _of(self, component: Component) -> list[Subnet]:
        return [self._subnets[name] for name in component.subnets if name in self._subnets]

    def _lets_out(self, source: Component, target: Component, port: int) -> bool:
        return any(
            _fits(rule, target, self._of(target), port)
            for rule in self._rules
            if not rule.ingress and rule.group in source.groups
        )

    def _lets_in(self, source: Component, target: Component, port: int) -> bool:
        return any(
            _fits(rule, source, self._of(source), port)
            for rule in self._rules
            if rule.ingress and rule.group in target.groups
        )

    def _way_out(self, subnet: Subnet, target: Component, port: int) -> bool:
        """From one subnet to a gateway endpoint or the internet, and back."""
        if target.gateway:
            tables = next(
                r.props.get("RouteTableIds", [])
                for r in self.templates.all("AWS::EC2::VPCEndpoint")
                if r.path == target.gateway
            )
            stack = target.gateway.split("/")[0]
            routed = subnet.table in {self.templates.text(stack, table) for table in tables}
            return routed and _asks_outside(subnet, port)
        return any(
            all(_asks_outside(asking, port) for asking in (subnet, way or subnet))
            and _acls_let(subnet, way or subnet, port)
            for way in routed_outside(self.templates, subnet, self._subnets)
        )


def _fits(rule: GroupRule, peer: Component, there: Iterable[Subnet], port: int) -> bool:
    """Whether a rule is about that peer and port."""
    if not rule.ports[0] <= port <= rule.ports[1]:
        return False
    if peer.addresses:
        return rule.peer_range is not None and peer.addresses.subnet_of(rule.peer_range)
    if peer.outside:
        return rule.peer_range == EVERYWHERE or (rule.prefix_list is not None and peer.gateway is not None)
    ranges = [subnet.range for subnet in there]
    by_range = (
        rule.peer_range is not None and bool(ranges) and all(found.subnet_of(rule.peer_range) for found in ranges)
    )
    return rule.peer_group in peer.groups or by_range or rule.peer_range == EVERYWHERE


def _asks(source: Component) -> bool:
    return not source.outside or source.addresses is not None


def _comes_in(subnet: Subnet, addresses: IPv4Network, port: int) -> bool:
    """Whether its ACL lets them ask, and get answers. Which way they come, the templates don't say."""
    return subnet.lets(port, addresses, egress=False) and subnet.lets_answers(addresses, egress=True)


def _asks_outside(subnet: Subnet, port: int) -> bool:
    return subnet.lets(port, EVERYWHERE, egress=True) and subnet.lets_answers(EVERYWHERE, egress=False)


def _acls_let(source: Subnet, target: Subnet, port: int) -> bool:
    """The asking packets out of one subnet and into the other, and the answers back. Within a subnet no ACL is
    asked."""
    return source == target or (
        source.lets(port, target.range, egress=True)
        and target.lets(port, source.range, egress=False)
        and target.lets_answers(source.range, egress=True)
        and source.lets_answers(target.range, egress=False)
    )
