"""Rules for functions and their logs: the code fits the runtime, the log is kept, and no variable holds a secret."""

import re
from collections.abc import Iterator

from keyless_checks.reading.clients import clients
from keyless_checks.reading.placed import groups_of, subnets_of
from keyless_checks.reading.secret_texts import NAME, REFERENCE, VALUE
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

FUNCTION, LAYER = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"
_COMPILED = re.compile(r"\.(?P<python>cpython-3\d+|cp3\d+|abi3|pypy\d+)(?P<platform>[^.]*)\.(so|pyd)$")
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_LONGEST_CALL_SECONDS = 900
"""What the provider framework's function may take."""
_LONGEST_LOGIN_SECONDS = 60
"""Users report that a new user's rds_iam takes tens of seconds."""


def fitting_layers(templates: Templates) -> Iterator[Finding]:
    """A function's layers are for its runtime and machine."""
    for function in templates.all(FUNCTION):
        runtime, machine = function.props.get("Runtime"), function.props.get("Architectures", ["x86_64"])[0]
        for value in function.props.get("Layers", []):
            layer = templates.target(function.stack, value)
            if layer is None or layer.type != LAYER:
                yield Finding(function.path, f"layer {templates.text(function.stack, value)} is not one of the stacks")
            elif runtime not in layer.props.get("CompatibleRuntimes", []) or machine not in layer.props.get(
                "CompatibleArchitectures", []
            ):
                yield Finding(function.path, f"it runs {runtime} on {machine}, which {layer.path} is not for")


def fitting_bundles(templates: Templates) -> Iterator[Finding]:
    """What is compiled in the bundles of a function and its layers is for its runtime and machine."""
    for function in templates.all(FUNCTION):
        runtime, machine = str(function.props.get("Runtime")), function.props.get("Architectures", ["x86_64"])[0]
        if runtime.startswith("python3."):
            layers = [
                layer
                for value in function.props.get("Layers", [])
                if (layer := templates.target(function.stack, value))
            ]
            wrong = {
                name
                for place in (function, *layers)
                for name in _compiled(templates, place)
                if not _fits(name, runtime.removeprefix("python3."), _MACHINES[machine])
            }
            yield from (
                Finding(function.path, f"{name} is not for {runtime} on {machine}") for name in sorted(wrong)[:3]
            )


def _compiled(templates: Templates, place: Resource) -> Iterator[str]:
    """Names of the compiled modules in the asset of a function or layer, when assets were built for Lambda."""
    folder = templates.asset(place) if templates.bundled else None
    if folder:
        yield from (path.name for path in folder.rglob("*") if _COMPILED.search(path.name))


def _fits(name: str, minor: str, machine: str) -> bool:
    found = _COMPILED.search(name)
    return (
        found is not None
        and found["python"] in (f"cpython-3{minor}", f"cp3{minor}", "abi3")
        and (not found["platform"] or f"{machine}-linux" in found["platform"])
    )


def kept_logs(templates: Templates) -> Iterator[Finding]:
    """Each log group has a retention, and each function writes to one of them."""
    groups = templates.all("AWS::Logs::LogGroup")
    yield from (
        Finding(group.path, "RetentionInDays is missing") for group in groups if not group.props.get("RetentionInDays")
    )
    for function in templates.all(FUNCTION):
        group = templates.target(function.stack, function.props.get("LoggingConfig", {}).get("LogGroup"))
        if group is None or group.type != "AWS::Logs::LogGroup":
            yield Finding(function.path, "it makes a log group itself, which keeps its lines for ever")


def attached_clients(templates: Templates) -> Iterator[Finding]:
    """A client that knows a database is in the network, in one security group of the stacks or more."""
    for client in clients(templates):
        for one in client.placed if client.told.host is not None else ():
            groups = [templates.target(one.stack, group) for group in groups_of(templates, one)]
            if not subnets_of(one) or not groups or None in groups:
                yield Finding(
                    one.path,
                    "it connects to a database from outside the network, or with a group that isn't of the stacks",
                )


def no_secret_variables(templates: Templates) -> Iterator[Finding]:
    """No variable of a client holds a password or a reference that becomes one; the ARN of a secret is none."""
    for client in clients(templates):
        for name, value in client.variables.items():
            if NAME.search(name) or REFERENCE.search(str(value)) or VALUE.search(str(value)):
                yield Finding(client.path, f"variable {name} holds a secret, by its name or its value")


def patient_calls(templates: Templates) -> Iterator[Finding]:
    """CloudFormation and the framework wait longer for the access than its function may take."""
    handlers = [r.props for r in templates.all(FUNCTION) if r.props.get("Handler") == "db_access.handler.on_event"]
    longest = max((props.get("Timeout", 3) for props in handlers), default=0)
    for function in templates.all(FUNCTION):
        if function.props.get("Handler") == "framework.onEvent" and not longest < function.props.get("Timeout", 3):
            yield Finding(function.path, f"Timeout must be more than {longest} s, which its callee may take")
    for access in templates.all("Custom::DatabaseAccess"):
        if not longest < int(access.props.get("ServiceTimeout", 3600)) <= _LONGEST_CALL_SECONDS:
            yield Finding(
                access.path, f"ServiceTimeout must be more than {longest} s and at most {_LONGEST_CALL_SECONDS} s"
            )


def patient_logins(templates: Templates) -> Iterator[Finding]:
    """A function waits for its login most of its time, and has a quarter left to say why it failed."""
    for function in templates.all(FUNCTION):
        seconds = function.props.get("Environment", {}).get("Variables", {}).get("DB_LOGIN_SECONDS")
        allowed = str(min(_LONGEST_LOGIN_SECONDS, function.props.get("Timeout", 3) * 3 // 4))
        if seconds is not None and seconds != allowed:
            yield Finding(function.path, f"DB_LOGIN_SECONDS is {seconds}; allowed: {allowed}, by its Timeout")


def sizes(templates: Templates) -> Iterator[Finding]:
    """A function has time, memory and, where it is reserved, concurrency to run at all."""
    ranges = {"Timeout": (1, 900), "MemorySize": (128, 10_240), "ReservedConcurrentExecutions": (1, 1_000)}
    for function in templates.all(FUNCTION):
        for name, (least, most) in ranges.items():
            if not least <= function.props.get(name, least) <= most:
                yield Finding(function.path, f"{name} is {function.props[name]}; allowed: {least} to {most}")


RULES: tuple[Rule, ...] = (
    sizes,
    fitting_layers,
    fitting_bundles,
    kept_logs,
    attached_clients,
    no_secret_variables,
    patient_calls,
    patient_logins,
)
