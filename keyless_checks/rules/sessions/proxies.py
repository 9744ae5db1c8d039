"""A proxy's rights against the access spec."""

from collections.abc import Iterator

from keyless_checks.reading.access import login, secret_of, users
from keyless_checks.reading.databases import behind, resource_id
from keyless_checks.reading.place import place
from keyless_checks.reading.roles import Kind, uses
from keyless_checks.reading.statements import allowed_on
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_PROXY = "AWS::RDS::DBProxy"


def proxys_users(templates: Templates) -> Iterator[Finding]:
    """A proxy may log in to its database as exactly the users of the access spec that log in with IAM, when it does so
    at both ends."""
    where = place(templates)
    for use in (use for use in uses(templates) if use.kind is Kind.PROXY and where):
        both_ends = use.user.props.get("DefaultAuthScheme") == "IAM_AUTH"
        names = [name for name, user in users(templates).items() if login(user) == "iam"] if both_ends else []
        ids = [resource_id(templates, text) for text in behind(templates, use.user)]
        expected = {where.arn("rds-db", f"dbuser:{id_}/{name}") for id_ in ids for name in names} if where else set()
        allowed = allowed_on(templates, use.role, "rds-db:connect")
        yield from (Finding(use.user.path, f"it may log in by {arn}") for arn in sorted(allowed - expected))
        yield from (Finding(use.user.path, f"it can't log in by {arn}") for arn in sorted(expected - allowed))


def proxys_secrets(templates: Templates) -> Iterator[Finding]:
    """A proxy has and may read exactly the secrets of the users of the access spec that have a password, or none."""
    secrets = {secret_of(templates, name) for name, user in users(templates).items() if login(user) == "password"}
    for use in (use for use in uses(templates) if use.kind is Kind.PROXY):
        told = {templates.text(use.user.stack, entry.get("SecretArn")) for entry in use.user.props.get("Auth", [])}
        allowed = allowed_on(templates, use.role, "secretsmanager:GetSecretValue")
        if told != allowed or told not in (set(), secrets):
            yield Finding(use.user.path, f"it has the secrets {sorted(told)} and may read {sorted(allowed)}")


RULES: tuple[Rule, ...] = (proxys_users, proxys_secrets)
