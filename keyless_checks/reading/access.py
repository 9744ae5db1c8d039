"""The access that the templates ask for, in `Custom::DatabaseAccess`: one for each database, or one for all of them
where users are the server's, each with the whole spec."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from keyless_checks.reading.family import family_of
from keyless_checks.reading.templates import Resource, Templates

ACCESS = "Custom::DatabaseAccess"


def accesses(templates: Templates) -> Iterator[Resource]:
    yield from templates.all(ACCESS)


def asked_in(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The databases that an access, or a schedule's event, is for."""
    return tuple(said["Databases"]) if "Databases" in said else (said.get("Database", ""),)


def spec(templates: Templates, access: Resource) -> dict[str, Any]:
    """The spec that it has, or that a layer's file has for it; nothing, when it is in neither."""
    if "Spec" in access.props:
        return dict(access.props["Spec"])
    for layer in templates.all("AWS::Lambda::LayerVersion"):
        folder = templates.asset(layer)
        file = folder / "python" / "access_spec" / f"{access.props.get('SpecDigest')}.json" if folder else None
        if file and file.is_file():
            return dict(json.loads(file.read_text()))
    return {}


def session_databases(templates: Templates) -> Iterator[str]:
    """What a session may begin in: the spec's databases, and the schemas in them where these are the server's own."""
    for access in accesses(templates):
        yield from asked_in(access.props)
        for database in spec(templates, access).get("databases", []) if "Databases" in access.props else ():
            yield from (schema["name"] for schema in database.get("schemas", []))


def users(templates: Templates) -> dict[str, dict[str, Any]]:
    """The users of the spec by name; of engines whose users nobody makes here, those that have a secret."""
    if not family_of(templates).converged:
        return {name: {"username": name, "auth_method": "password"} for name in secrets_of(templates)}
    found = [user for access in accesses(templates) for user in spec(templates, access).get("users", [])]
    return {user["username"]: user for user in found}


def login(user: dict[str, Any]) -> str:
    """How a user of the spec logs in: `iam`, `password` or `none`."""
    return str(user.get("auth_method", "iam"))


def secret_of(templates: Templates, username: str) -> str | None:
    """The secret that the bootstrap function is given for a user, or, where there is none, that names the user."""
    if not family_of(templates).converged:
        return secrets_of(templates).get(username)
    for access in accesses(templates):
        if (arn := access.props.get("Secrets", {}).get(username)) is not None:
            return templates.text(access.stack, arn)
    return None


def secrets_of(templates: Templates) -> dict[str, str]:
    """Paths of the stacks' secrets, by the user that each one's text names."""
    found = {secret.path: said_in(templates, secret) for secret in templates.all("AWS::SecretsManager::Secret")}
    return {str(said["username"]): path for path, said in found.items() if "username" in said}


def said_in(templates: Templates, secret: Resource) -> dict[str, Any]:
    """What its text says beside the password, with references in readable form; nothing, when it isn't JSON."""
    text = templates.text(secret.stack, secret.props.get("GenerateSecretString", {}).get("SecretStringTemplate"))
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
