"""Adds the resource types to ministack's CloudFormation. Runs in ministack's own process."""

from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types import functions, secrets_manager, sns
from keyless.rehearsal.emulator.types.ec2 import acls, flow_logs, gateways, security_groups
from keyless.rehearsal.emulator.types.rds import master_secret, proxy, proxy_endpoint, target_group
from keyless.rehearsal.emulator.types.stand_ins import STAND_INS

_MODULES = (
    acls,
    flow_logs,
    gateways,
    security_groups,
    proxy,
    target_group,
    proxy_endpoint,
    secrets_manager,
    sns,
    functions,
)


def install() -> None:
    """Add the types of STAND_INS, each with its update rules and tags, and what ministack's own types lack."""
    handlers = {name: handler for module in _MODULES for name, handler in module.HANDLERS.items()}
    for resource_type in STAND_INS:
        provisioners._RESOURCE_HANDLERS[resource_type] = handlers[resource_type]
    for module in _MODULES:
        provisioners._REPLACING_PROPERTIES.update(module.REPLACED_BY)
        for tagged in module.TAGGED:
            provisioners._STACK_TAG_PROPERTY[tagged] = ("Tags", "list")
    secrets_manager.install()
    master_secret.install()
