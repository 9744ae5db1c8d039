"""A database's logs, which are the audit trail of its logins."""

from collections.abc import Iterator

from checks.engines import ENGINES
from checks.reading.databases import CLUSTER, databases
from checks.reading.templates import Resource, Templates
from checks.rule import Finding, Rule


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


RULES: tuple[Rule, ...] = (log_exports,)
