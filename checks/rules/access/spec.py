"""What the engine is asked for: one spec, for each of its databases, in the cluster that its functions are told."""

import json
from collections import Counter
from collections.abc import Iterator

from checks.reading.access import accesses, login, users
from checks.reading.databases import resource_id
from checks.reading.roles import ENGINE, function_kind
from checks.reading.templates import Resource, Templates
from checks.rule import Finding, Rule


def one_spec(templates: Templates) -> Iterator[Finding]:
    """Every access has the same spec, and each database of it has one access."""
    found = list(accesses(templates))
    asked = Counter(access.props.get("Database") for access in found)
    for access in found:
        spec = access.props["Spec"]
        declared = {database.get("name") for database in spec.get("databases", [])}
        if spec != found[0].props["Spec"]:
            yield Finding(access.path, f"its spec is not that of {found[0].path}")
        if set(asked) != declared or asked[access.props.get("Database")] != 1:
            yield Finding(
                access.path, f"access is made in {', '.join(map(str, asked))}; the spec has {sorted(declared)}"
            )
        if spec.get("version") != 1:
            yield Finding(access.path, f"its spec has version {spec.get('version')}; allowed: 1")
        if not spec.get("users") or not spec.get("managed_by"):
            yield Finding(access.path, "its spec has no users, or no managed_by, which marks whose roles they are")


def one_database(templates: Templates) -> Iterator[Finding]:
    """Access is made in the database whose host and id the engine's functions are told."""
    clusters = {templates.text(access.stack, access.props.get("Cluster")) for access in accesses(templates)}
    for function in templates.all("AWS::Lambda::Function"):
        if function_kind(function) in ENGINE.values():
            told = set(_told(templates, function))
            if told != clusters:
                yield Finding(function.path, f"it works in {sorted(told)}; access is made in {sorted(clusters)}")


def _told(templates: Templates, function: Resource) -> Iterator[str]:
    variables = function.props.get("Environment", {}).get("Variables", {})
    yield templates.text(function.stack, variables.get("DB_CLUSTER_RESOURCE_ID"))
    yield resource_id(templates, templates.text(function.stack, variables.get("PGHOST")))


def users_secrets(templates: Templates) -> Iterator[Finding]:
    """The engine is given a secret for each user with a password, each another, and for nobody else."""
    named = {name for name, user in users(templates).items() if login(user) == "password"}
    for access in accesses(templates):
        given = {name: templates.text(access.stack, arn) for name, arn in access.props.get("Secrets", {}).items()}
        if set(given) != named or len(set(given.values())) != len(given):
            yield Finding(access.path, f"it has secrets for {sorted(given)}; users with a password: {sorted(named)}")


def told_secrets(templates: Templates) -> Iterator[Finding]:
    """A secret that the stacks make says its own user's name and a host of the database: clients log in by it."""
    clusters = {templates.text(access.stack, access.props.get("Cluster")) for access in accesses(templates)}
    for access in accesses(templates):
        for name, arn in access.props.get("Secrets", {}).items():
            secret = templates.target(access.stack, arn)
            if secret is not None and secret.type == "AWS::SecretsManager::Secret":
                text = templates.text(secret.stack, secret.props["GenerateSecretString"]["SecretStringTemplate"])
                known = json.loads(text)
                if known["username"] != name or resource_id(templates, str(known["host"])) not in clusters:
                    yield Finding(secret.path, f"it is for {known['username']} at {known['host']}, not for {name}")


def same_manager(templates: Templates) -> Iterator[Finding]:
    """The rotation changes passwords of the users that the access manages."""
    managers = {access.props["Spec"].get("managed_by") for access in accesses(templates)}
    for function in templates.all("AWS::Lambda::Function"):
        variables = function.props.get("Environment", {}).get("Variables", {})
        if function_kind(function) in ENGINE.values() and {variables.get("MANAGED_BY")} - managers - {None}:
            yield Finding(function.path, f"MANAGED_BY is {variables['MANAGED_BY']}; allowed: {sorted(managers)}")


def in_turn(templates: Templates) -> Iterator[Finding]:
    """Databases get their access one after the other: roles belong to the whole cluster, and two runs would race."""
    found = {access.path: templates.waits_for(access.path) for access in accesses(templates)}
    followers = Counter(path for waited in found.values() for path in waited & found.keys())
    for path, waited in found.items():
        if followers[path] > 1 or (path != next(iter(found)) and not waited & found.keys()):
            yield Finding(path, "it may run beside the access of another database")


RULES: tuple[Rule, ...] = (in_turn, one_spec, one_database, users_secrets, told_secrets, same_manager)
