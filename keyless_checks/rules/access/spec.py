"""What the engine is asked for: one spec, for each of its databases, in the cluster that its functions are told."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from keyless_checks.reading.access import accesses, asked_in, login, spec, users
from keyless_checks.reading.databases import resource_id
from keyless_checks.reading.family import family_of
from keyless_checks.reading.roles import ENGINE, Kind, function_kind
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.reading.told import told
from keyless_checks.rule import Finding, Rule


def one_spec(templates: Templates) -> Iterator[Finding]:
    """Every access has the same spec, and each database of it has one access, or all have one where users are the
    server's."""
    found, family = list(accesses(templates)), family_of(templates)
    asked = Counter(name for access in found for name in asked_in(access.props))
    for access in found:
        asked_for = spec(templates, access)
        declared = {database.get("name") for database in asked_for.get("databases", [])}
        if asked_for != spec(templates, found[0]):
            yield Finding(access.path, f"its spec is not that of {found[0].path}")
        if set(asked) != declared or any(asked[name] != 1 for name in asked_in(access.props)):
            yield Finding(
                access.path, f"access is made in {', '.join(map(str, asked))}; the spec has {sorted(declared)}"
            )
        if ("Databases" in access.props) is not family.whole_server:
            whole = "the whole server" if family.whole_server else "one database"
            yield Finding(access.path, f"users of {family.name} are made by runs of {whole} each")
        if asked_for.get("version") != 1:
            yield Finding(access.path, f"its spec has version {asked_for.get('version')}; allowed: 1")
        if not asked_for.get("users") or not asked_for.get("managed_by"):
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
    yield resource_id(templates, templates.text(function.stack, told(variables).host))


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
    managers = {str(spec(templates, access).get("managed_by")) for access in accesses(templates)}
    for function in templates.all("AWS::Lambda::Function"):
        variables = function.props.get("Environment", {}).get("Variables", {})
        if function_kind(function) in ENGINE.values() and {variables.get("MANAGED_BY")} - managers - {None}:
            yield Finding(function.path, f"MANAGED_BY is {variables['MANAGED_BY']}; allowed: {sorted(managers)}")


def pinned(templates: Templates) -> Iterator[Finding]:
    """The bootstrap function and the watch are told the one spec that they carry out: who may call them says nothing
    else."""
    for access in accesses(templates):
        asked_for = spec(templates, access)
        for function in templates.all("AWS::Lambda::Function"):
            if function_kind(function) in (Kind.BOOTSTRAP, Kind.WATCH) and (problem := _pin(function, asked_for)):
                yield Finding(function.path, f"DEPLOYED_SPEC {problem}")


def _pin(function: Resource, asked_for: dict[str, Any]) -> str | None:
    try:
        told = json.loads(function.props["Environment"]["Variables"]["DEPLOYED_SPEC"])
        digest, managers, databases = told["digest"], told["managers"], told["databases"]
    except (LookupError, TypeError, ValueError):
        return "is not there, or not the JSON object that says digest, managers and databases"
    if digest != sha256(json.dumps(_as_sent(asked_for), sort_keys=True).encode()).hexdigest():
        return f"has the digest {digest}, which is not that of the access's spec"
    if managers != [asked_for.get("managed_by"), *asked_for.get("take_over", [])]:
        return f"has the managers {managers}, which are not the spec's"
    if databases != [database.get("name") for database in asked_for.get("databases", [])]:
        return f"has the databases {databases}, which are not the spec's"
    return None


def _as_sent(value: object) -> object:
    """CloudFormation sends every scalar as a text."""
    match value:
        case dict():
            return {key: _as_sent(item) for key, item in value.items()}
        case list():
            return [_as_sent(item) for item in value]
        case bool():
            return str(value).lower()
    return str(value)


def approved(templates: Templates) -> Iterator[Finding]:
    """Every access names the approval that the bootstrap function is told, and a layer has it."""
    layers = {str(layer.props.get("Description")) for layer in templates.all("AWS::Lambda::LayerVersion")}
    for function in templates.all("AWS::Lambda::Function"):
        if function_kind(function) is Kind.BOOTSTRAP:
            told = _told_approval(function)
            for access in accesses(templates):
                if (named := access.props.get("Approved", {}).get("Digest")) != told:
                    yield Finding(access.path, f"its approval is {named}; the bootstrap function is told {told}")
            if told is not None and f"approval {told}" not in layers:
                yield Finding(function.path, f"no layer has the approval {told}")


def _told_approval(function: Resource) -> object:
    try:
        return json.loads(function.props["Environment"]["Variables"]["DEPLOYED_SPEC"]).get("approved")
    except (LookupError, TypeError, ValueError, AttributeError):
        return None  # `pinned` says what it lacks


def same_master(templates: Templates) -> Iterator[Finding]:
    """The watch is told the name of the master that the bootstrap function logs in as: whose runs it may be kept by."""
    variables = {
        function_kind(function): function.props.get("Environment", {}).get("Variables", {})
        for function in templates.all("AWS::Lambda::Function")
    }
    master = told(variables.get(Kind.BOOTSTRAP, {})).user
    for function in templates.all("AWS::Lambda::Function"):
        if function_kind(function) is Kind.WATCH and variables[Kind.WATCH].get("MASTER") != master:
            yield Finding(function.path, f"MASTER is {variables[Kind.WATCH].get('MASTER')}; allowed: {master}")


def same_watch(templates: Templates) -> Iterator[Finding]:
    """On a server of the MySQL family the bootstrap function is told whom it makes procedures to look by for: the user
    that the watch logs in as, and nobody else."""
    functions = {function_kind(function): function for function in templates.all("AWS::Lambda::Function")}
    bootstrap, watch = functions.get(Kind.BOOTSTRAP), functions.get(Kind.WATCH)
    if bootstrap is None:
        return
    variables = bootstrap.props.get("Environment", {}).get("Variables", {})
    looks = told(watch.props.get("Environment", {}).get("Variables", {})).user if watch else None
    expected = looks if "DB_ENGINE_FAMILY" in variables else None
    if variables.get("WATCH_USER") != expected:
        yield Finding(bootstrap.path, f"WATCH_USER is {variables.get('WATCH_USER')}; allowed: {expected}")


def in_turn(templates: Templates) -> Iterator[Finding]:
    """Databases get their access one after the other: roles belong to the whole cluster, and two runs would race."""
    found = {access.path: templates.waits_for(access.path) for access in accesses(templates)}
    followers = Counter(path for waited in found.values() for path in waited & found.keys())
    for path, waited in found.items():
        if followers[path] > 1 or (path != next(iter(found)) and not waited & found.keys()):
            yield Finding(path, "it may run beside the access of another database")


RULES: tuple[Rule, ...] = (
    in_turn,
    one_spec,
    pinned,
    approved,
    same_master,
    same_watch,
    one_database,
    users_secrets,
    told_secrets,
    same_manager,
)
