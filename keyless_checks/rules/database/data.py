"""A database's data: encrypted, backed up, and kept when its stack goes."""

from collections.abc import Iterator

from keyless_checks.reading.access import asked_in
from keyless_checks.reading.databases import CLUSTER, databases, members
from keyless_checks.reading.family import family_of
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_STAYS = ("Retain", "RetainExceptOnCreate")


def own_key(templates: Templates) -> Iterator[Finding]:
    """Storage is encrypted with a key of the stacks, which rotates and outlives the snapshots that need it."""
    for database in databases(templates):
        key = templates.target(database.stack, database.props.get("KmsKeyId"))
        if database.props.get("StorageEncrypted") is not True or key is None or key.type != "AWS::KMS::Key":
            yield Finding(database.path, "storage is not encrypted with a key of the stacks")
        elif key.props.get("EnableKeyRotation") is not True:
            yield Finding(key.path, "the key doesn't rotate")
        elif database.body.get("DeletionPolicy") != "Delete" and key.body.get("DeletionPolicy") not in _STAYS:
            yield Finding(key.path, "the key goes with its stack, and the database's snapshots stay")


def kept_data(templates: Templates) -> Iterator[Finding]:
    """A protected database leaves a snapshot when it goes; every database has backups."""
    for database in databases(templates):
        if database.props.get("DeletionProtection") is True and database.body.get("DeletionPolicy") not in (
            "Snapshot",
            *_STAYS,
        ):
            yield Finding(database.path, "the database is protected, and yet gone without a snapshot with its stack")
        if not 1 <= database.props.get("BackupRetentionPeriod", 0) <= 35:
            yield Finding(database.path, "BackupRetentionPeriod must be 1 to 35 days")


def initial_database(templates: Templates) -> Iterator[Finding]:
    """A database that the stacks create is one that the access spec declares, which the access says."""
    declared = {name for r in templates.all("Custom::DatabaseAccess") for name in asked_in(r.props)}
    for database in databases(templates) if family_of(templates).converged else ():
        name = database.props.get("DatabaseName" if database.type == CLUSTER else "DBName")
        if name not in declared:
            yield Finding(
                database.path, f"it is created with database {name!r}, which no Custom::DatabaseAccess is for"
            )


def has_instances(templates: Templates) -> Iterator[Finding]:
    """A cluster has an instance: without one nobody can connect, and its proxy's target never becomes available."""
    for cluster in templates.all(CLUSTER):
        if not members(templates, cluster):
            yield Finding(cluster.path, "it has no instance")


RULES: tuple[Rule, ...] = (
    has_instances,
    own_key,
    kept_data,
    initial_database,
)
