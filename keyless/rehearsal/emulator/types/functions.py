"""Functions, with the network and the reserved concurrency that ministack's CloudFormation drops. Runs in ministack's
own process."""

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import Created, Handler, Properties, refuse_unknown

FUNCTION = "AWS::Lambda::Function"
_NETWORK, _RESERVED = "VpcConfig", "ReservedConcurrentExecutions"
_KNOWN = frozenset(
    {
        "Architectures",
        "Code",
        "Description",
        "Environment",
        "EphemeralStorage",
        "FunctionName",
        "Handler",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "PackageType",
        "Role",
        "Runtime",
        "SnapStart",
        "Tags",
        "Timeout",
        "TracingConfig",
        _NETWORK,
        _RESERVED,
    }
)
"""What ministack's own carries, and what is added here."""


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(FUNCTION, properties, _KNOWN)
    return _with_rest(provisioners._lambda_create(logical_id, properties, stack_name), properties)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(FUNCTION, new, _KNOWN)
    return _with_rest(provisioners._lambda_update(physical_id, old, new, stack_name), new)


def _with_rest(created: Created, properties: Properties) -> Created:
    function = lambda_svc._functions[created[0]]
    function["config"][_NETWORK] = lambda_svc._vpc_config_with_id(properties.get(_NETWORK))
    function["concurrency"] = None if (reserved := properties.get(_RESERVED)) is None else int(reserved)
    return created


HANDLERS: dict[str, Handler] = {FUNCTION: {"create": _create, "update": _update, "delete": provisioners._lambda_delete}}
REPLACED_BY: dict[str, tuple[str, ...]] = {}
"""Ministack's own list has them."""
TAGGED: tuple[str, ...] = ()
