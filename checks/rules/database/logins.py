"""Who can log in to a database: with IAM, and nobody with a password of the master."""

from collections.abc import Iterator

from checks.reading.databases import CLUSTER, INSTANCE, databases
from checks.reading.templates import Templates
from checks.rule import Finding, Rule


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


RULES: tuple[Rule, ...] = (
    no_master_password,
    managed_secret,
    iam_logins,
)
