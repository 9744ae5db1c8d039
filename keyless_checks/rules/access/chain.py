"""CloudFormation calls the framework's function, that one the bootstrap function, and both are complete before."""

from collections.abc import Iterator

from keyless_checks.reading.access import accesses
from keyless_checks.reading.place import CODE, place, place_of
from keyless_checks.reading.roles import ENGINE, Kind, function_kind
from keyless_checks.reading.statements import policies_of
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_FUNCTION = "AWS::Lambda::Function"
_CALLS = {"USER_ON_EVENT_FUNCTION_ARN"}
_QUIET = {"ApplicationLogLevel": "FATAL", "LogFormat": "JSON"}


def handlers(templates: Templates) -> Iterator[Finding]:
    """The access stack has one bootstrap function, one watch and one framework; every other function there is the
    rotation's."""
    kinds = [function_kind(function) for function in templates.all(_FUNCTION) if function.stack == "access"]
    for function in templates.all(_FUNCTION):
        if function.stack in ("access", "network") and function_kind(function) is Kind.YOURS:
            yield Finding(function.path, f"handler {function.props.get('Handler')} is not one of the engine's")
    for access in accesses(templates):
        for kind in (Kind.BOOTSTRAP, Kind.WATCH, Kind.FRAMEWORK):
            if kinds.count(kind) != 1:
                yield Finding(access.path, f"its stack has {kinds.count(kind)} functions for {kind.value}; allowed: 1")


def token(templates: Templates) -> Iterator[Finding]:
    """Access is made by the framework's function, which calls the bootstrap function and nothing else."""
    for access in accesses(templates):
        function = templates.target(access.stack, access.props.get("ServiceToken"))
        if function is None or function.type != _FUNCTION or function_kind(function) is not Kind.FRAMEWORK:
            yield Finding(access.path, "its ServiceToken is not the framework's function")
    for function in templates.all(_FUNCTION):
        if function_kind(function) is Kind.FRAMEWORK:
            variables = function.props.get("Environment", {}).get("Variables", {})
            called = templates.target(function.stack, variables.get("USER_ON_EVENT_FUNCTION_ARN"))
            if set(variables) != _CALLS or called is None or function_kind(called) is not Kind.BOOTSTRAP:
                yield Finding(
                    function.path, f"it is told {', '.join(variables)}; allowed: the bootstrap function alone"
                )


def quiet_framework(templates: Templates) -> Iterator[Finding]:
    """The framework logs nothing of what it hands on: its lines have the whole event, with a URL that answers for the
    resource."""
    for function in templates.all(_FUNCTION):
        logging = function.props.get("LoggingConfig", {})
        loud = any(logging.get(key) != value for key, value in _QUIET.items())
        if function_kind(function) is Kind.FRAMEWORK and loud:
            yield Finding(function.path, f"it logs at {logging.get('ApplicationLogLevel')}; allowed: FATAL, as JSON")


def whole_before(templates: Templates) -> Iterator[Finding]:
    """What a custom resource or a function needs is there before it: role, rights, paths, log."""
    for function in templates.all(_FUNCTION):
        role = templates.target(function.stack, function.props.get("Role"))
        needed = {role.path, *_own_policies(templates, role, function)} if role else set[str]()
        yield from _unwaited(templates, function, needed)
    for access in accesses(templates):
        for function in templates.all(_FUNCTION):
            if function_kind(function) is Kind.BOOTSTRAP:
                yield from _unwaited(templates, access, {function.path, *_around(templates, function)})


def _unwaited(templates: Templates, resource: Resource, needed: set[str]) -> Iterator[Finding]:
    missing = needed - templates.waits_for(resource.path)
    yield from (Finding(resource.path, f"it doesn't wait for {path}") for path in sorted(missing))


def _own_policies(templates: Templates, role: Resource, function: Resource) -> Iterator[str]:
    """Those that don't name the function itself, which they would wait for."""
    for policy in policies_of(templates, role):
        if not _names(templates, policy, policy.props, function):
            yield policy.path


def _names(templates: Templates, policy: Resource, value: object, function: Resource) -> bool:
    match value:
        case {"Fn::GetAtt": _}:
            return templates.target(policy.stack, value) == function
        case dict():
            return any(_names(templates, policy, inner, function) for inner in value.values())
        case list():
            return any(_names(templates, policy, inner, function) for inner in value)
    return False


def _around(templates: Templates, function: Resource) -> Iterator[str]:
    """A function's role with its policies, its log, and its groups with the paths that begin in them."""
    role = templates.target(function.stack, function.props.get("Role"))
    log = templates.target(function.stack, function.props.get("LoggingConfig", {}).get("LogGroup"))
    ids = function.props.get("VpcConfig", {}).get("SecurityGroupIds", [])
    groups = [templates.target(function.stack, group) for group in ids]
    yield from (found.path for found in (role, log, *groups) if found)
    yield from (policy.path for policy in policies_of(templates, role))
    for rule in templates.all("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"):
        ends = [rule.props.get(key) for key in ("GroupId", "SourceSecurityGroupId")]
        if any(templates.target(rule.stack, end) in groups for end in ends if end):
            yield rule.path


def client_layer(templates: Templates) -> Iterator[Finding]:
    """The engine's functions have the layer with the client, which they connect with."""
    for function in templates.all(_FUNCTION):
        if function_kind(function) in ENGINE.values() and not function.props.get("Layers"):
            yield Finding(function.path, "it has no layers, so that it can't import the client")


def own_code(templates: Templates) -> Iterator[Finding]:
    """Code and layers come from CDK's bootstrap bucket of this account and region."""
    where = place(templates)
    for resource in templates.all(*CODE):
        found = place_of(resource.props.get(CODE[resource.type], {}).get("S3Bucket"))
        if found is None or found != where:
            yield Finding(resource.path, "its code is not from the account's bootstrap bucket")


def kinds_of_code(templates: Templates) -> Iterator[Finding]:
    """The engine's functions run one code, the framework another, and nobody else runs either: whose code it is decides
    who is the master."""
    codes: dict[str, set[str]] = {}
    functions = [(function, _family(function)) for function in templates.all(_FUNCTION)]
    for function, family in functions:
        codes.setdefault(family, set()).add(_code(function))
    for function, family in functions:
        if family == "engine" and len(codes[family]) > 1:
            yield Finding(function.path, f"the engine's functions run {len(codes[family])} codes; allowed: one")
        for other in codes.keys() - {family}:
            if _code(function) in codes[other] and "engine" in (family, other):
                yield Finding(function.path, f"it runs the code of {other}, too; allowed: one of its own")


def _family(function: Resource) -> str:
    kind = function_kind(function)
    return "engine" if kind in ENGINE.values() else kind.value


def _code(function: Resource) -> str:
    return str(function.props.get("Code", {}).get("S3Key"))


RULES: tuple[Rule, ...] = (handlers, token, quiet_framework, whole_before, client_layer, own_code, kinds_of_code)
