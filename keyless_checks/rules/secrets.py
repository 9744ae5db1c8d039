"""Rules for secrets: none but those that the access spec asks for, made by Secrets Manager, rotated, with a key of the
stacks."""

import re
from collections.abc import Iterator

from keyless_checks.engines import ORACLE
from keyless_checks.reading.access import secrets_of
from keyless_checks.reading.clients import clients
from keyless_checks.reading.databases import databases
from keyless_checks.reading.family import family_of
from keyless_checks.reading.roles import Kind, uses
from keyless_checks.reading.statements import Statement, statements
from keyless_checks.reading.templates import Templates, as_list
from keyless_checks.rule import Finding, Rule

SECRET, ROTATION = "AWS::SecretsManager::Secret", "AWS::SecretsManager::RotationSchedule"
_LEAST_LENGTH = 32
_LONGEST_OF_ORACLE = 30
"""Bytes; RDS makes no longer one for it."""
_READ = "secretsmanager:GetSecretValue"
_RANDOM = ["secretsmanager:GetRandomPassword"]
_REFERENCE = re.compile(r"\{\{resolve:(ssm|secretsmanager)")


def only_declared(templates: Templates) -> Iterator[Finding]:
    """A secret belongs to a password user of the access spec. A spec without such users makes none."""
    declared = _declared(templates)
    secrets = templates.all(SECRET)
    yield from (
        Finding(secret.path, "no password user of the access spec has it")
        for secret in secrets
        if secret.path not in declared
    )


def _declared(templates: Templates) -> set[str]:
    """The secrets that the bootstrap function is given: paths, and ARNs of secrets that the spec names itself. Without
    one, those that name a user."""
    if not family_of(templates).converged:
        return set(secrets_of(templates).values())
    accesses = templates.all("Custom::DatabaseAccess")
    return {
        templates.text(r.stack, arn).partition(".")[0] for r in accesses for arn in r.props.get("Secrets", {}).values()
    }


def _masters(templates: Templates) -> set[str]:
    """Those that RDS makes for the masters of databases of the stacks."""
    managed = (one.path for one in databases(templates) if one.props.get("ManageMasterUserPassword") is True)
    return {f"{path}.MasterUserSecret.SecretArn" for path in managed}


def masters_reader(templates: Templates) -> Iterator[Finding]:
    """The master's secret is read by the bootstrap function alone, which is told it, or by nobody where there is none:
    neither a rotation nor the watch nor code of yours can be the master."""
    masters, kinds = _masters(templates), {use.role: use.kind for use in uses(templates)}
    for client in clients(templates):
        said = client.variables.get("DB_MASTER_SECRET_ARN")
        known = {templates.text(client.stack, said)} if said is not None else set()
        if known != (masters if client.kind is Kind.BOOTSTRAP else set()):
            yield Finding(client.path, f"it is told {sorted(known)} as the master's secret; allowed: {sorted(masters)}")
    for statement in (s for s in statements(templates) if s.allows):
        if _named(templates, statement) & masters and kinds.get(statement.role) is not Kind.BOOTSTRAP:
            yield Finding(statement.path, f"{statement.role} may read the master's secret")
    for secret in masters if family_of(templates).converged else ():
        readers = [one for one in statements(templates) if one.allows and secret in _named(templates, one)]
        if not any(_READ in one.actions for one in readers):
            yield Finding(secret.partition(".")[0], "nobody may read the secret of its master")


def passing(templates: Templates) -> Iterator[Finding]:
    """What may pass the endpoint for Secrets Manager is what a role of the stacks may do to that very secret. Reading a
    user's may pass in any case: for code that is deployed elsewhere."""
    may = {(_READ, path) for path in _declared(templates)} | {
        (action, text)
        for one in statements(templates)
        if one.allows
        for action in one.actions
        for text in _named(templates, one)
    }
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        if not templates.text(endpoint.stack, endpoint.props.get("ServiceName")).endswith(".secretsmanager"):
            continue
        for entry in endpoint.props.get("PolicyDocument", {}).get("Statement", []):
            for action in as_list(entry.get("Action")):
                texts = {templates.text(endpoint.stack, one) for one in as_list(entry.get("Resource"))}
                for text in sorted(text for text in texts if (action, text) not in may):
                    yield Finding(endpoint.path, f"{action} on {text} may pass it, and no role of the stacks may do it")


def _named(templates: Templates, statement: Statement) -> set[str]:
    return {templates.text(statement.stack, resource) for resource in statement.resources}


def generated(templates: Templates) -> Iterator[Finding]:
    """Its value is made by Secrets Manager, rotated where an engine of this project can, and encrypted with a key of
    the stacks."""
    family = family_of(templates)
    least = _LONGEST_OF_ORACLE if family is ORACLE else _LEAST_LENGTH
    rotated = {templates.text(r.stack, r.props.get("SecretId")) for r in templates.all(ROTATION)}
    for secret in templates.all(SECRET):
        key = templates.target(secret.stack, secret.props.get("KmsKeyId"))
        if "SecretString" in secret.props or "GenerateSecretString" not in secret.props:
            yield Finding(secret.path, "its value is in the template; allowed: GenerateSecretString")
        if key is None or key.type != "AWS::KMS::Key":
            yield Finding(secret.path, "it is not encrypted with a key of the stacks")
        rule = secret.props.get("GenerateSecretString", {})
        if not rule.get("PasswordLength", 32) >= least or rule.get("GenerateStringKey") != "password":
            yield Finding(secret.path, f"its password is missing or short; allowed: {least} characters or more")
        if family.converged and secret.path not in rotated:
            yield Finding(secret.path, "it is never rotated")


def no_references(templates: Templates) -> Iterator[Finding]:
    """No template has a reference that CloudFormation replaces by a secret's value."""
    for resource in templates.all():
        if any(_REFERENCE.search(text) for text in _texts(resource.body)):
            yield Finding(resource.path, "{{resolve:…}} would put a secret into the stack")


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)


def narrow_rights(templates: Templates) -> Iterator[Finding]:
    """Rights on secrets are for single secrets of the stacks; a key is used through Secrets Manager only, by
    `kms:ViaService`."""
    for statement in (s for s in statements(templates) if s.allows):
        if any(action.startswith("secretsmanager:") for action in statement.actions):
            texts = [templates.text(statement.stack, resource) for resource in statement.resources]
            yield from (
                Finding(statement.path, f"a right on secrets that names {text}")
                for text in texts
                if text.partition(".")[0] not in _declared(templates)
                and text not in _masters(templates)
                and statement.actions != _RANDOM
            )
        if any(action.startswith("kms:") for action in statement.actions) and _unbound(statement):
            yield Finding(statement.path, "a right on a key without kms:ViaService")


def _unbound(statement: Statement) -> bool:
    condition = statement.body.get("Condition", {})
    return not any("kms:ViaService" in keys for keys in condition.values())


RULES: tuple[Rule, ...] = (only_declared, masters_reader, passing, generated, no_references, narrow_rights)
