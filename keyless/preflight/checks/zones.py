"""Does the account have the zones that the subnets name, and does RDS Proxy work in two of them?

Source of the zones without RDS Proxy: Aurora User Guide, "Limitations for RDS Proxy". Their ids are the same in every
account; their names aren't.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from keyless.preflight.account.account import Account
from keyless.preflight.finding import Problem
from keyless.preflight.planned.stack import literal
from keyless.preflight.planned.target import Target

_WITHOUT_PROXY: Final = frozenset({"use1-az3", "usw1-az2"})
_MISSING = frozenset({"InvalidSubnetID.NotFound"})


def zones(target: Target, account: Account) -> Iterator[Problem]:
    there = {
        each["ZoneName"]: each["ZoneId"]
        for each in account.reader.items("ec2", "DescribeAvailabilityZones", "AvailabilityZones")
        if each["State"] == "available"
    }
    named = {zone for zone in _subnet_zones(target, account) if zone}
    for zone in sorted(named - there.keys()):
        yield Problem(f"{zone} is not a zone of this account; allowed: {', '.join(sorted(there))}", (_EDIT,))
    yield from _proxy(target, {zone: there[zone] for zone in named & there.keys()})
    yield from _existing_subnets(target, account)


_EDIT: Final = "name other zones in the environment's network in stacks/environments.py"


def _subnet_zones(target: Target, account: Account) -> Iterator[str | None]:
    for subnet in target.resources("AWS::EC2::Subnet"):
        yield literal(subnet.properties.get("AvailabilityZone"), account.pseudo)


def _proxy(target: Target, ids: Mapping[str, str]) -> Iterator[Problem]:
    """RDS drops a subnet in such a zone and wants two others."""
    useless = {name for name, zone_id in ids.items() if zone_id in _WITHOUT_PROXY}
    if useless and len(ids) - len(useless) < 2 and any(target.resources("AWS::RDS::DBProxy")):
        shown = ", ".join(f"{name} ({ids[name]})" for name in sorted(useless))
        yield Problem(f"RDS Proxy isn't available in {shown}, and needs subnets in two other zones", (_EDIT,))


def _existing_subnets(target: Target, account: Account) -> Iterator[Problem]:
    """Proxies in subnets that were there before, which the template names by their ids."""
    for proxy in target.resources("AWS::RDS::DBProxy"):
        subnets = [each for each in proxy.properties.get("VpcSubnetIds", ()) if isinstance(each, str)]
        if not subnets:
            continue
        answer = account.reader.read("ec2", "DescribeSubnets", missing=_MISSING, SubnetIds=subnets)
        if answer is None:
            yield Problem(
                f"{account.region} doesn't have all subnets of {proxy.logical_id}: {', '.join(subnets)}", (_EDIT,)
            )
        else:
            yield from _proxy(
                target, {each["AvailabilityZone"]: each["AvailabilityZoneId"] for each in answer["Subnets"]}
            )
