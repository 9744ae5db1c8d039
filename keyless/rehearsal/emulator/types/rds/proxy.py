"""AWS::RDS::DBProxy on ministack's RDS API. Runs in ministack's own process."""

from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import (
    Created,
    Handler,
    Properties,
    call,
    call_unless_gone,
    refuse_unknown,
)

PROXY = "AWS::RDS::DBProxy"
_REPLACING = ("DBProxyName", "EndpointNetworkType", "EngineFamily", "TargetConnectionNetworkType", "VpcSubnetIds")
_CHANGEABLE = (
    "Auth",
    "DebugLogging",
    "DefaultAuthScheme",
    "IdleClientTimeout",
    "RequireTLS",
    "RoleArn",
    "VpcSecurityGroupIds",
)
_KNOWN = frozenset({*_REPLACING, *_CHANGEABLE, "Tags"})


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(PROXY, properties, _KNOWN)
    call(PROXY, rds._create_db_proxy, provisioners._ec_query({k: v for k, v in properties.items() if k != "Tags"}))
    name = str(properties["DBProxyName"])
    provisioners._rds_sync_tags(record(name)["DBProxyArn"], {}, properties, PROXY)
    return name, _attributes(name)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(PROXY, new, _KNOWN)
    dropped = sorted({k for k in _CHANGEABLE if k in old} - new.keys())
    if dropped:  # ModifyDBProxy can't unset: CloudFormation's reset to defaults is not rehearsed
        raise ValueError(f"{PROXY}: the rehearsal's stand-in cannot take {', '.join(dropped)} back to the default")
    changed = {k: new[k] for k in _CHANGEABLE if k in new}
    parameters = provisioners._ec_query(changed, {"VpcSecurityGroupIds": "SecurityGroups"})
    call(PROXY, rds._modify_db_proxy, {"DBProxyName": physical_id, **parameters})
    provisioners._rds_sync_tags(record(physical_id)["DBProxyArn"], old, new, PROXY)
    return physical_id, _attributes(physical_id)


def _delete(physical_id: str, properties: Properties) -> None:
    call_unless_gone(PROXY, rds._delete_db_proxy, {"DBProxyName": physical_id})


def record(name: str) -> dict[str, Any]:
    """ministack's record of the proxy."""
    found: dict[str, Any] = rds._get_db_proxy(name)
    return found


def _attributes(name: str) -> dict[str, str]:
    found = record(name)
    return {attribute: str(found[attribute]) for attribute in ("DBProxyArn", "Endpoint", "VpcId")}


HANDLERS: dict[str, Handler] = {PROXY: {"create": _create, "update": _update, "delete": _delete}}
REPLACED_BY = {PROXY: _REPLACING}
TAGGED = (PROXY,)
