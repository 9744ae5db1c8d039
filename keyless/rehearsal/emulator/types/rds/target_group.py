"""AWS::RDS::DBProxyTargetGroup on ministack's RDS API. Runs in ministack's own process."""

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
from keyless.rehearsal.emulator.types.rds.proxy import record

TARGETS = "AWS::RDS::DBProxyTargetGroup"
_REPLACING = ("DBProxyName", "TargetGroupName")
_MEMBERS = ("DBClusterIdentifiers", "DBInstanceIdentifiers")
_KNOWN = frozenset({*_REPLACING, *_MEMBERS, "ConnectionPoolConfigurationInfo"})


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(TARGETS, properties, _KNOWN)
    _set_pool(properties)
    _register(properties, rds._register_db_proxy_targets)
    arn = str(record(str(properties["DBProxyName"]))["TargetGroup"]["TargetGroupArn"])
    return arn, {"TargetGroupArn": arn}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(TARGETS, new, _KNOWN)
    _set_pool(new)
    if any(old.get(k) != new.get(k) for k in _MEMBERS):
        _register(old, rds._deregister_db_proxy_targets)
        _register(new, rds._register_db_proxy_targets)
    return physical_id, {"TargetGroupArn": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    members = provisioners._ec_query({k: properties.get(k) for k in _MEMBERS})
    call_unless_gone(TARGETS, rds._deregister_db_proxy_targets, {**_group(properties), **members})


def _set_pool(properties: Properties) -> None:
    pool = provisioners._ec_query({"ConnectionPoolConfig": properties.get("ConnectionPoolConfigurationInfo") or {}})
    call(TARGETS, rds._modify_db_proxy_target_group, {**_group(properties), **pool})


def _register(properties: Properties, api: Any) -> None:
    members = provisioners._ec_query({k: properties.get(k) for k in _MEMBERS})
    if members:
        call(TARGETS, api, {**_group(properties), **members})


def _group(properties: Properties) -> dict[str, str]:
    return {
        "DBProxyName": str(properties["DBProxyName"]),
        "TargetGroupName": str(properties.get("TargetGroupName", "default")),
    }


HANDLERS: dict[str, Handler] = {TARGETS: {"create": _create, "update": _update, "delete": _delete}}
REPLACED_BY = {TARGETS: _REPLACING}
TAGGED: tuple[str, ...] = ()
