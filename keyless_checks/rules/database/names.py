"""Names, sizes and upgrades of databases."""

import re
from collections.abc import Iterator

from keyless_checks.engines import ENGINES, POSTGRESQL
from keyless_checks.reading.databases import CLUSTER, INSTANCE, databases
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_IDENTIFIER = re.compile(r"(?=.{1,63}$)[a-z](-?[a-z0-9])*")
_RESERVED = re.compile(r"rds.*|pg_.*|public|user")
_LEAST_GIB, _MOST_GIB = 20, 65_536


def identifiers(templates: Templates) -> Iterator[Finding]:
    """An identifier is in lower case, as RDS stores it and CloudWatch compares it; the master's name is one that RDS
    takes."""
    for database in databases(templates):
        key = "DBClusterIdentifier" if database.type == CLUSTER else "DBInstanceIdentifier"
        if not _IDENTIFIER.fullmatch(str(database.props.get(key))):
            yield Finding(
                database.path,
                f"{key} {database.props.get(key)} is not valid; allowed: small letters, digits and "
                "single hyphens, at most 63, a letter first",
            )
        master, facts = str(database.props.get("MasterUsername")), ENGINES.get(str(database.props.get("Engine")))
        form = (facts.family if facts else POSTGRESQL).master
        if not form.fullmatch(master) or _RESERVED.fullmatch(master):
            yield Finding(database.path, f"RDS refuses {master!r} as the master's name")


def sizes(templates: Templates) -> Iterator[Finding]:
    """An instance's storage is in the range of gp3, and may grow."""
    for database in databases(templates):
        if database.type == INSTANCE:
            least, most = (
                int(database.props.get("AllocatedStorage", 0)),
                int(database.props.get("MaxAllocatedStorage", 0)),
            )
            if not _LEAST_GIB <= least < most <= _MOST_GIB or database.props.get("StorageType") != "gp3":
                yield Finding(
                    database.path,
                    f"storage of {least} to {most} GiB, {database.props.get('StorageType')}; allowed: gp3, "
                    f"{_LEAST_GIB} to {_MOST_GIB}, the maximum above",
                )


def tagged_snapshots(templates: Templates) -> Iterator[Finding]:
    """Snapshots carry the database's tags, so that whoever finds one knows whose it is."""
    yield from (
        Finding(database.path, "CopyTagsToSnapshot must be true")
        for database in databases(templates)
        if database.props.get("CopyTagsToSnapshot") is not True
    )


RULES: tuple[Rule, ...] = (identifiers, sizes, tagged_snapshots)
