"""Can the databases be ordered here: their engine's version, and in it their instance classes?"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from keyless.preflight.account.account import Account
from keyless.preflight.finding import Problem, attempt
from keyless.preflight.planned.stack import Resource, Stack
from keyless.preflight.planned.target import Target

_CLUSTER, _INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
_VERSIONS: Final = ("DescribeDBEngineVersions", "DBEngineVersions", "EngineVersion")
_CLASSES: Final = ("DescribeOrderableDBInstanceOptions", "OrderableDBInstanceOptions", "DBInstanceClass")
_REFUSED: Final = frozenset({"InvalidParameterValue", "InvalidParameterCombination"})
"""What RDS answers instead of an empty list, for a version at least (turbot/steampipe-plugin-aws#2085)."""
_SHOWN: Final = 3
_EDIT: Final = "name another {what} in the environment's database in stacks/environments.py"


@dataclass(frozen=True)
class _Order:
    """An engine in a version, and the instance classes in which it will be made."""

    engine: str
    version: str
    classes: tuple[str, ...]


def engines(target: Target, account: Account) -> Iterator[Problem]:
    """What is deployed already in the same version isn't ordered again."""
    orders = {order for stack in target.stacks for order in _orders(stack, account)}
    for order in sorted(orders, key=lambda order: (order.engine, order.version)):
        yield from attempt(_orderable(order, account))


def _orders(stack: Stack, account: Account) -> Iterator[_Order]:
    members = list(stack.resources(_INSTANCE))
    for database in (*stack.resources(_CLUSTER), *(each for each in members if not _cluster_of(each))):
        engine, version = database.properties.get("Engine"), database.properties.get("EngineVersion")
        if not (isinstance(engine, str) and isinstance(version, str)):
            continue
        own = [each for each in members if each is database or _cluster_of(each) == database.logical_id]
        new = {str(each.properties.get("DBInstanceClass")) for each in own if account.physical_id(each) is None}
        if new or _running(database, account) != version:
            yield _Order(engine, version, tuple(sorted(new)))


def _cluster_of(instance: Resource) -> str | None:
    """The logical id of an instance's cluster; empty for one of a cluster that isn't in the template."""
    match instance.properties.get("DBClusterIdentifier"):
        case None:
            return None
        case {"Ref": str(logical_id)}:
            return logical_id
    return ""


def _running(database: Resource, account: Account) -> str | None:
    name = account.physical_id(database)
    if name is None:
        return None
    kind = "Cluster" if database.type == _CLUSTER else "Instance"
    asked: dict[str, Any] = {f"DB{kind}Identifier": name}
    found = account.reader.items("rds", f"DescribeDB{kind}s", f"DB{kind}s", **asked)
    return str(found[0]["EngineVersion"]) if found else None


def _orderable(order: _Order, account: Account) -> Iterator[Problem]:
    """In a version that isn't offered no class is."""
    if _offered(account, _VERSIONS, Engine=order.engine, EngineVersion=order.version):
        for wanted in order.classes:
            yield from attempt(_class(wanted, order, account))
        return
    near = _near(order.version, _offered(account, _VERSIONS, Engine=order.engine))
    evidence = f"{account.region} doesn't offer {order.engine} {order.version}; nearest: {near}"
    yield Problem(evidence, (_EDIT.format(what="version"),))


def _class(wanted: str, order: _Order, account: Account) -> Iterator[Problem]:
    version: dict[str, Any] = {"Engine": order.engine, "EngineVersion": order.version}
    if not _offered(account, _CLASSES, **version, DBInstanceClass=wanted):
        known = sorted(set(_offered(account, _CLASSES, **version)))
        near = ", ".join(difflib.get_close_matches(wanted, known, _SHOWN, cutoff=0)) or "none"
        evidence = f"{account.region} doesn't offer {wanted} for {order.engine} {order.version}; nearest: {near}"
        yield Problem(evidence, (_EDIT.format(what="instance class"),))


def _offered(account: Account, question: tuple[str, str, str], **parameters: Any) -> list[str]:
    operation, key, field = question
    return [each[field] for each in account.reader.items("rds", operation, key, missing=_REFUSED, **parameters)]


def _near(wanted: str, known: Sequence[str]) -> str:
    """The versions next to `wanted`, of its major version if there are any."""
    major = [version for version in known if _numbers(version)[:1] == _numbers(wanted)[:1]] or known
    numbers = _numbers(wanted)
    nearest = sorted(major, key=lambda version: [abs(a - b) for a, b in zip(_numbers(version), numbers, strict=False)])
    return ", ".join(sorted(nearest[:_SHOWN], key=_numbers)) or "none"


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
