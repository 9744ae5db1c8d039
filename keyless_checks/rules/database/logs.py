"""A database's logs, which are the audit trail of its logins."""

from collections.abc import Iterator

from keyless_checks.engines import ENGINES, MYSQL, EngineFacts
from keyless_checks.parameters import AUDITED
from keyless_checks.reading.databases import CLUSTER, databases
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

OPTIONS, PLUGIN = "AWS::RDS::OptionGroup", "MARIADB_AUDIT_PLUGIN"
_ALWAYS = frozenset({"iam-db-auth-error"})
_STAYS = ("Retain", "RetainExceptOnCreate")


def log_exports(templates: Templates) -> Iterator[Finding]:
    """Refused IAM logins and the server's log are exported, to groups with a retention that are there first."""
    for database in databases(templates):
        exports = set(database.props.get("EnableCloudwatchLogsExports", []))
        facts = ENGINES.get(str(database.props.get("Engine")))
        known = facts.log_exports if facts else frozenset[str]()
        yield from (
            Finding(
                database.path,
                f"{database.props.get('Engine')} has no log {name!r}; allowed: {', '.join(sorted(known))}",
            )
            for name in sorted(exports - known)
        )
        yield from (
            Finding(database.path, f"the log {name!r} is not exported")
            for name in sorted((facts.needed_exports if facts else _ALWAYS) - exports)
        )
        yield from (
            Finding(database.path, f"the group {name} of its log is not made before it")
            for name in sorted(_groups(database, exports) - _made_first(templates, database))
        )


def audited(templates: Templates) -> Iterator[Finding]:
    """In the MySQL family, what the audit plugin writes is exported, and nothing else is exported as audit: on Aurora
    it is switched on by parameters, on RDS by an option, for logins, rights and definitions only."""
    for database in databases(templates):
        facts = ENGINES.get(str(database.props.get("Engine")))
        if facts is None or facts.family is not MYSQL:
            continue
        exported = "audit" in database.props.get("EnableCloudwatchLogsExports", [])
        if exported is not _audits(templates, database, facts):
            does = "is exported, and nothing writes it" if exported else "is written, and not exported"
            yield Finding(database.path, f"the audit log {does}")
    for group in (one for one in templates.all(OPTIONS) if _of_mysql(one)):
        for option in group.props.get("OptionConfigurations", []):
            settings = {one.get("Name"): one.get("Value") for one in option.get("OptionSettings", [])}
            if option.get("OptionName") != PLUGIN or settings != {"SERVER_AUDIT_EVENTS": AUDITED}:
                yield Finding(
                    group.path, f"option {option.get('OptionName')} with {settings}; allowed: {PLUGIN}, {AUDITED}"
                )


def _of_mysql(group: Resource) -> bool:
    """Or of an engine that nobody knows. Those of others are another rule's."""
    facts = ENGINES.get(str(group.props.get("EngineName")))
    return facts is None or facts.family.converged


def _audits(templates: Templates, database: Resource, facts: EngineFacts) -> bool:
    if not facts.aurora:
        return templates.target(database.stack, database.props.get("OptionGroupName")) is not None
    group = templates.target(database.stack, database.props.get("DBClusterParameterGroupName"))
    return group is not None and "server_audit_logging" in group.props.get("Parameters", {})


def same_options(templates: Templates) -> Iterator[Finding]:
    """An option group is for its database's engine and major version, and stays where the database's snapshots do: RDS
    deletes none that a snapshot needs."""
    for database in databases(templates):
        group = templates.target(database.stack, database.props.get("OptionGroupName"))
        facts = ENGINES.get(str(database.props.get("Engine")))
        if "OptionGroupName" not in database.props or facts is None:
            continue
        if group is None or group.type != OPTIONS:
            yield Finding(database.path, "OptionGroupName names no option group of the stacks")
            continue
        major = facts.major(str(database.props.get("EngineVersion")))
        if (group.props.get("EngineName"), group.props.get("MajorEngineVersion")) != (facts.id, major):
            yield Finding(group.path, f"it is not for {facts.id} {major}")
        if database.body.get("DeletionPolicy") != "Delete" and group.body.get("DeletionPolicy") not in _STAYS:
            yield Finding(group.path, "it goes with its stack, and the database's snapshots need it")


def _groups(database: Resource, exports: set[str]) -> set[str]:
    kind, key = ("cluster", "DBClusterIdentifier") if database.type == CLUSTER else ("instance", "DBInstanceIdentifier")
    return {f"/aws/rds/{kind}/{database.props.get(key)}/{export}" for export in exports}


def _made_first(templates: Templates, database: Resource) -> set[str]:
    waited = (templates.find(path) for path in templates.waits_for(database.path))
    return {str(r.props.get("LogGroupName")) for r in waited if r is not None and r.props.get("RetentionInDays")}


RULES: tuple[Rule, ...] = (log_exports, audited, same_options)
