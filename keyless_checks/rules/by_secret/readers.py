"""Secrets of users: each names its user at this database, and who logs in with it may read it and do nothing else to
it."""

from collections.abc import Iterator

from keyless_checks.reading.access import said_in
from keyless_checks.reading.clients import Client, clients
from keyless_checks.reading.statements import Statement, statements
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.by_secret.subject import by_secret

_READ, _DECRYPT = "secretsmanager:GetSecretValue", "kms:Decrypt"
_MADE = "AWS::SecretsManager::Secret"


def one_secret(templates: Templates) -> Iterator[Finding]:
    """A client may read the very secret that it is told, decrypt with that secret's key, and nothing else of either
    service."""
    for _ in by_secret(templates):
        for client in clients(templates):
            if "DB_SECRET_ARN" in client.variables:
                yield from (Finding(client.path, problem) for problem in _problems(templates, client))


def _problems(templates: Templates, client: Client) -> Iterator[str]:
    secret = templates.target(client.stack, client.variables["DB_SECRET_ARN"])
    key = templates.text(secret.stack, secret.props.get("KmsKeyId")) if secret is not None else ""
    allowed = {_READ: {secret.path if secret else ""}, _DECRYPT: {key}}
    found: dict[str, set[str]] = {_READ: set(), _DECRYPT: set()}
    for statement in _about_secrets(templates, client):
        for action in statement.actions:
            found.setdefault(action, set()).update(templates.text(statement.stack, one) for one in statement.resources)
    for action, resources in found.items():
        if resources != allowed.get(action, set()):
            yield f"it may {action} on {sorted(resources)}; allowed: {sorted(allowed.get(action, set()))}"


def _about_secrets(templates: Templates, client: Client) -> Iterator[Statement]:
    for statement in statements(templates):
        services = {action.partition(":")[0] for action in statement.actions}
        if statement.role == client.role and statement.allows and services & {"secretsmanager", "kms", "*"}:
            yield statement


def no_sessions(templates: Templates) -> Iterator[Finding]:
    """Nobody has a right to log in with IAM, which would be to nothing."""
    for _ in by_secret(templates):
        for statement in statements(templates):
            if statement.allows and any(action.startswith("rds-db:") for action in statement.actions):
                yield Finding(statement.path, "rds-db:connect, and the engine has no IAM logins; allowed: none")


def whole_secrets(templates: Templates) -> Iterator[Finding]:
    """A secret says of its user where it logs in, on the port for TLS, and nothing of a password in clear."""
    for database, facts in by_secret(templates):
        wanted = {"engine": facts.family.name, "host": f"{database.path}.Endpoint.Address", "port": facts.family.port}
        for secret in templates.all(_MADE):
            said = said_in(templates, secret)
            for name, value in wanted.items():
                if said.get(name) != value:
                    yield Finding(secret.path, f"its {name} is {said.get(name)}; allowed: {value}")
            if not said.get("username") or "password" in said:
                yield Finding(secret.path, "it names no user, or has a password that is in the template")


RULES: tuple[Rule, ...] = (one_secret, no_sessions, whole_secrets)
