"""Who can log in to a database: with IAM, and nobody with a password of the master but where RDS takes no other."""

from collections.abc import Iterator

from keyless_checks.engines import ENGINES
from keyless_checks.reading.databases import CLUSTER, INSTANCE, databases
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule


def no_master_password(templates: Templates) -> Iterator[Finding]:
    """The master logs in with IAM, and nothing asks for a password beside it; where RDS doesn't take that, with a
    secret that RDS makes and rotates. No template has a password."""
    for database in databases(templates):
        with_iam = database.props.get("MasterUserAuthenticationType") == "iam-db-auth"
        if "MasterUserPassword" in database.props:
            yield Finding(
                database.path, "MasterUserPassword is set; allowed: an IAM master, or a secret that RDS makes"
            )
        if not with_iam and (_takes_iam(database) or "MasterUserAuthenticationType" in database.props):
            yield Finding(
                database.path, "the master doesn't log in with IAM: MasterUserAuthenticationType must be iam-db-auth"
            )
        if with_iam and "ManageMasterUserPassword" in database.props:
            yield Finding(database.path, "ManageMasterUserPassword is set beside an IAM master")
        if not with_iam and not _takes_iam(database):
            yield from _without_secret(templates, database)


def _takes_iam(database: Resource) -> bool:
    """An engine that nobody knows is one of them."""
    facts = ENGINES.get(str(database.props.get("Engine")))
    return facts is None or facts.family.iam_master


def _has_iam(database: Resource) -> bool:
    facts = ENGINES.get(str(database.props.get("Engine")))
    return facts is None or facts.family.converged


def _without_secret(templates: Templates, database: Resource) -> Iterator[Finding]:
    named = database.props.get("MasterUserSecret", {}).get("KmsKeyId")
    key = templates.target(database.stack, named)
    if database.props.get("ManageMasterUserPassword") is not True:
        yield Finding(database.path, "the master has no login: no IAM, and ManageMasterUserPassword is not true")
    if key is None or key.type != "AWS::KMS::Key":
        yield Finding(database.path, "the master's secret is not encrypted with a key of the stacks")


def managed_secret(templates: Templates) -> Iterator[Finding]:
    """MasterUserSecret means something only beside ManageMasterUserPassword."""
    yield from (
        Finding(r.path, "MasterUserSecret without ManageMasterUserPassword")
        for r in templates.all(CLUSTER, INSTANCE)
        if "MasterUserSecret" in r.props and r.props.get("ManageMasterUserPassword") is not True
    )


def iam_logins(templates: Templates) -> Iterator[Finding]:
    """IAM logins are on, wherever the engine has them."""
    yield from (
        Finding(r.path, "IAM logins are off: EnableIAMDatabaseAuthentication must be true")
        for r in databases(templates)
        if r.props.get("EnableIAMDatabaseAuthentication") is not True and _has_iam(r)
    )


RULES: tuple[Rule, ...] = (
    no_master_password,
    managed_secret,
    iam_logins,
)
