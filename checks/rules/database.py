"""Rules for clusters and instances: no password anywhere, IAM logins over TLS, encrypted, logged, with room to
scale."""

from collections.abc import Iterator
from typing import Any

from checks.engines import ENGINES, parameter_problem
from checks.reading.databases import CLUSTER, INSTANCE, databases, members
from checks.reading.templates import Resource, Templates
from checks.rules.rule import Finding, Rule

_MOST_ACU = 256


def no_master_password(templates: Templates) -> Iterator[Finding]:
    """The master logs in with IAM; it has no password, no managed secret and nothing that asks for one."""
    for database in databases(templates):
        props = database.props
        if props.get("MasterUserAuthenticationType") != "iam-db-auth":
            yield Finding(
                database.path, "the master doesn't log in with IAM: MasterUserAuthenticationType must be iam-db-auth"
            )
        yield from (
            Finding(database.path, f"{key} is set beside an IAM master")
            for key in ("MasterUserPassword", "ManageMasterUserPassword")
            if key in props
        )


def managed_secret(templates: Templates) -> Iterator[Finding]:
    """MasterUserSecret means something only beside ManageMasterUserPassword."""
    yield from (
        Finding(r.path, "MasterUserSecret without ManageMasterUserPassword")
        for r in templates.all(CLUSTER, INSTANCE)
        if "MasterUserSecret" in r.props and r.props.get("ManageMasterUserPassword") is not True
    )


def iam_logins(templates: Templates) -> Iterator[Finding]:
    """IAM logins are on."""
    yield from (
        Finding(r.path, "IAM logins are off: EnableIAMDatabaseAuthentication must be true")
        for r in databases(templates)
        if r.props.get("EnableIAMDatabaseAuthentication") is not True
    )


def own_key(templates: Templates) -> Iterator[Finding]:
    """Storage is encrypted with a key of the stacks, which rotates and outlives the snapshots that need it."""
    for database in databases(templates):
        key = templates.target(database.stack, database.props.get("KmsKeyId"))
        if database.props.get("StorageEncrypted") is not True or key is None or key.type != "AWS::KMS::Key":
            yield Finding(database.path, "storage is not encrypted with a key of the stacks")
        elif key.props.get("EnableKeyRotation") is not True:
            yield Finding(key.path, "the key doesn't rotate")
        elif database.body.get("DeletionPolicy") != "Delete" and key.body.get("DeletionPolicy") != "Retain":
            yield Finding(key.path, "the key goes with its stack, and the database's snapshots stay")


def kept_data(templates: Templates) -> Iterator[Finding]:
    """A protected database leaves a snapshot when it goes; every database has backups."""
    for database in databases(templates):
        if database.props.get("DeletionProtection") is True and database.body.get("DeletionPolicy") not in (
            "Snapshot",
            "Retain",
        ):
            yield Finding(database.path, "the database is protected, and yet gone without a snapshot with its stack")
        if not 1 <= database.props.get("BackupRetentionPeriod", 0) <= 35:
            yield Finding(database.path, "BackupRetentionPeriod must be 1 to 35 days")


def log_exports(templates: Templates) -> Iterator[Finding]:
    """Refused IAM logins and the server's log are exported, to groups with a retention that are there first."""
    for database in databases(templates):
        exports = set(database.props.get("EnableCloudwatchLogsExports", []))
        known = (
            ENGINES[database.props["Engine"]].log_exports
            if database.props.get("Engine") in ENGINES
            else frozenset[str]()
        )
        yield from (
            Finding(
                database.path,
                f"{database.props.get('Engine')} has no log {name!r}; allowed: {', '.join(sorted(known))}",
            )
            for name in sorted(exports - known)
        )
        yield from (
            Finding(database.path, f"the log {name!r} is not exported")
            for name in {"postgresql", "iam-db-auth-error"} - exports
        )
        yield from (
            Finding(database.path, f"the group {name} of its log is not made before it")
            for name in sorted(_groups(database, exports) - _made_first(templates, database))
        )


def _groups(database: Resource, exports: set[str]) -> set[str]:
    kind, key = ("cluster", "DBClusterIdentifier") if database.type == CLUSTER else ("instance", "DBInstanceIdentifier")
    return {f"/aws/rds/{kind}/{database.props.get(key)}/{export}" for export in exports}


def _made_first(templates: Templates, database: Resource) -> set[str]:
    waited = (templates.find(path) for path in templates.waits_for(database.path))
    return {str(r.props.get("LogGroupName")) for r in waited if r is not None and r.props.get("RetentionInDays")}


def capacity(templates: Templates) -> Iterator[Finding]:
    """A serverless cluster says its capacity, in half ACUs, at most 256, the minimum below the maximum."""
    for cluster in templates.all(CLUSTER):
        classes = {r.props.get("DBInstanceClass") for r in members(templates, cluster)}
        scaling = cluster.props.get("ServerlessV2ScalingConfiguration")
        if scaling is None and "db.serverless" in classes:
            yield Finding(cluster.path, "its instances are serverless, and ServerlessV2ScalingConfiguration is missing")
        if len(classes) > 1 and "db.serverless" in classes:
            yield Finding(
                cluster.path, f"serverless and provisioned instances are mixed: {', '.join(sorted(map(str, classes)))}"
            )
        if scaling is not None and (problem := _capacity_problem(scaling)):
            yield Finding(cluster.path, problem)


def _capacity_problem(scaling: dict[str, Any]) -> str | None:
    low, high = scaling.get("MinCapacity"), scaling.get("MaxCapacity")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return f"MinCapacity and MaxCapacity must be numbers: {low}, {high}"
    if not 0 <= low <= high or not 1 <= high <= _MOST_ACU or low * 2 % 1 or high * 2 % 1:
        return (
            f"a capacity of {low} to {high} ACU is impossible; allowed: 0 to {_MOST_ACU} in steps of 0.5, the "
            f"maximum at least 1"
        )
    return None


def parameters(templates: Templates) -> Iterator[Finding]:
    """Its parameter group is for its engine and major version, forces TLS, logs logins, and holds known parameters
    only."""
    for database in databases(templates):
        key = "DBClusterParameterGroupName" if database.type == CLUSTER else "DBParameterGroupName"
        group = templates.target(database.stack, database.props.get(key))
        if group is None or database.props.get("Engine") not in ENGINES:
            yield Finding(
                database.path, f"{key} names no parameter group of the stacks, or its engine is unknown to the checks"
            )
            continue
        family = ENGINES[database.props["Engine"]].parameter_family(str(database.props.get("EngineVersion")))
        if group.props.get("Family") != family:
            yield Finding(group.path, f"the family is {group.props.get('Family')}; the database needs {family}")
        values = group.props.get("Parameters", {})
        problems = [parameter_problem(name, value) for name, value in values.items()]
        yield from (Finding(group.path, problem) for problem in problems if problem)
        needed = {"rds.force_ssl", "log_connections"}
        yield from (Finding(group.path, f"{name} is not set; allowed: 1") for name in sorted(needed - values.keys()))


def private(templates: Templates) -> Iterator[Finding]:
    """No instance has a public address, and a database is in security groups of the stacks only."""
    yield from (
        Finding(r.path, "PubliclyAccessible must be false")
        for r in templates.all(INSTANCE)
        if r.props.get("PubliclyAccessible") is not False
    )
    for database in databases(templates):
        key = "VpcSecurityGroupIds" if database.type == CLUSTER else "VPCSecurityGroups"
        targets = [templates.target(database.stack, group) for group in database.props.get(key, [])]
        if not targets or any(target is None for target in targets):
            yield Finding(database.path, f"{key} names no security group, or one that the stacks don't make")


def initial_database(templates: Templates) -> Iterator[Finding]:
    """A database that the stacks create is one that the access spec declares."""
    declared = {r.props.get("Database") for r in templates.all("Custom::DatabaseAccess")}
    for database in databases(templates):
        name = database.props.get("DatabaseName" if database.type == CLUSTER else "DBName")
        if name not in declared:
            yield Finding(
                database.path, f"it is created with database {name!r}, which no Custom::DatabaseAccess is for"
            )


RULES: tuple[Rule, ...] = (
    no_master_password,
    managed_secret,
    iam_logins,
    own_key,
    kept_data,
    log_exports,
    capacity,
    parameters,
    private,
    initial_database,
)
