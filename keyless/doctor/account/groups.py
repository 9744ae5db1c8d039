"""Whether security groups let one site ask another: by a rule on both sides. They answer by themselves.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from keyless.doctor.account.endpoints import Site
from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.preflight.account.reader import Reader

Ranges = Sequence[IPv4Network]


def let_through(
    reader: Reader, source: Site, target: Site, port: int, ranges: Mapping[str, IPv4Network], whose: str
) -> Finding:
    """Raises UnansweredError.

    Args:
        ranges: of the subnets, by their ids.
        whose: what asks what: "Writer ask the proxy".
    """
    asked = f"do the security groups let {whose}, tcp {port}?"
    ids = sorted({*source.groups, *target.groups})
    groups = {
        one["GroupId"]: one for one in reader.items("ec2", "DescribeSecurityGroups", "SecurityGroups", GroupIds=ids)
    }
    out = [(i, rule) for i in source.groups for rule in groups[i]["IpPermissionsEgress"]]
    into = [(i, rule) for i in target.groups for rule in groups[i]["IpPermissions"]]
    there, here = _ranges(target, ranges), _ranges(source, ranges)
    if not named(out, target.groups, there, port):
        return _refused(asked, "out of", source, "egress", f"to {' or '.join(target.groups)}", port, out)
    if not named(into, source.groups, here, port):
        return _refused(asked, "into", target, "ingress", f"from {' or '.join(source.groups)}", port, into)
    return well(asked, f"yes: out of {', '.join(source.groups)} and into {', '.join(target.groups)}")


def _refused(
    asked: str, which: str, site: Site, kind: str, peer: str, port: int, rules: Iterable[tuple[str, Any]]
) -> Finding:
    listed = sorted({group for group, rule in rules if rule.get("PrefixListIds")})
    if listed:
        return unseen(asked, f"a rule of {', '.join(listed)} names a prefix list, which isn't read here")
    group = ", ".join(site.groups)
    return wrong(
        asked,
        f"no rule lets tcp {port} {which} {group} {peer}",
        f"deploy again, which makes the {kind} rule of {group} {peer} on tcp {port}; of groups of your own, make it: "
        f"aws ec2 authorize-security-group-{kind}",
    )


def named(rules: Iterable[tuple[str, Any]], groups: Iterable[str], ranges: Ranges, port: int) -> bool:
    """Whether one of the rules names a group of the other side, or they name all of its subnets."""
    about = [rule for _, rule in rules if _about(rule, port)]
    if any(pair.get("GroupId") in groups for rule in about for pair in rule["UserIdGroupPairs"]):
        return True
    allowed = [IPv4Network(one["CidrIp"]) for rule in about for one in rule["IpRanges"]]
    return bool(ranges) and all(any(one.subnet_of(big) for big in allowed) for one in ranges)


def _about(rule: Mapping[str, Any], port: int) -> bool:
    return rule["IpProtocol"] == "-1" or (
        rule["IpProtocol"] in ("tcp", "6") and rule["FromPort"] <= port <= rule["ToPort"]
    )


def _ranges(site: Site, ranges: Mapping[str, IPv4Network]) -> Ranges:
    return [ranges[subnet] for subnet in site.subnets if subnet in ranges]
