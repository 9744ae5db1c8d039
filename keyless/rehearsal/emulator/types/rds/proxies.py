"""AWS::RDS::DBProxy, its target group and its further endpoints on ministack's RDS API. Runs in ministack's own
process."""

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
TARGETS = "AWS::RDS::DBProxyTargetGroup"
ENDPOINT = "AWS::RDS::DBProxyEndpoint"
PROXY_REPLACED_BY = (
    "DBProxyName",
    "EndpointNetworkType",
    "EngineFamily",
    "TargetConnectionNetworkType",
    "VpcSubnetIds",
)
TARGETS_REPLACED_BY = ("DBProxyName", "TargetGroupName")
ENDPOINT_REPLACED_BY = ("DBProxyEndpointName", "DBProxyName", "EndpointNetworkType", "TargetRole", "VpcSubnetIds")
_CHANGEABLE = (
    "Auth",
    "DebugLogging",
    "DefaultAuthScheme",
    "IdleClientTimeout",
    "RequireTLS",
    "RoleArn",
    "VpcSecurityGroupIds",
)
_PROXY_KNOWN = frozenset({*PROXY_REPLACED_BY, *_CHANGEABLE, "Tags"})
_TARGETS_KNOWN = frozenset(
    {*TARGETS_REPLACED_BY, "ConnectionPoolConfigurationInfo", "DBClusterIdentifiers", "DBInstanceIdentifiers"}
)
_ENDPOINT_KNOWN = frozenset({*ENDPOINT_REPLACED_BY, "VpcSecurityGroupIds", "Tags"})
_MEMBERS = ("DBClusterIdentifiers", "DBInstanceIdentifiers")


def _create_proxy(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(PROXY, properties, _PROXY_KNOWN)
    call(PROXY, rds._create_db_proxy, provisioners._ec_query({k: v for k, v in properties.items() if k != "Tags"}))
    name = str(properties["DBProxyName"])
    provisioners._rds_sync_tags(_record(name)["DBProxyArn"], {}, properties, PROXY)
    return name, _proxy_attributes(name)


def _update_proxy(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(PROXY, new, _PROXY_KNOWN)
    dropped = sorted({k for k in _CHANGEABLE if k in old} - new.keys())
    if dropped:  # ModifyDBProxy can't unset: CloudFormation's reset to defaults is not rehearsed
        raise ValueError(f"{PROXY}: the rehearsal's stand-in cannot take {', '.join(dropped)} back to the default")
    changed = {k: new[k] for k in _CHANGEABLE if k in new}
    parameters = provisioners._ec_query(changed, {"VpcSecurityGroupIds": "SecurityGroups"})
    call(PROXY, rds._modify_db_proxy, {"DBProxyName": physical_id, **parameters})
    provisioners._rds_sync_tags(_record(physical_id)["DBProxyArn"], old, new, PROXY)
    return physical_id, _proxy_attributes(physical_id)


def _delete_proxy(physical_id: str, properties: Properties) -> None:
    call_unless_gone(PROXY, rds._delete_db_proxy, {"DBProxyName": physical_id})


def _record(name: str) -> dict[str, Any]:
    record: dict[str, Any] = rds._get_db_proxy(name)
    return record


def _proxy_attributes(name: str) -> dict[str, str]:
    record = _record(name)
    return {attribute: str(record[attribute]) for attribute in ("DBProxyArn", "Endpoint", "VpcId")}


def _create_targets(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(TARGETS, properties, _TARGETS_KNOWN)
    _set_pool(properties)
    _register(properties, rds._register_db_proxy_targets)
    arn = str(_record(str(properties["DBProxyName"]))["TargetGroup"]["TargetGroupArn"])
    return arn, {"TargetGroupArn": arn}


def _update_targets(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(TARGETS, new, _TARGETS_KNOWN)
    _set_pool(new)
    if any(old.get(k) != new.get(k) for k in _MEMBERS):
        _register(old, rds._deregister_db_proxy_targets)
        _register(new, rds._register_db_proxy_targets)
    return physical_id, {"TargetGroupArn": physical_id}


def _delete_targets(physical_id: str, properties: Properties) -> None:
    members = provisioners._ec_query({k: properties.get(k) for k in _MEMBERS})
    call_unless_gone(TARGETS, rds._deregister_db_proxy_targets, {**_group(properties), **members})


def _create_endpoint(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(ENDPOINT, properties, _ENDPOINT_KNOWN)
    call(
        ENDPOINT,
        rds._create_db_proxy_endpoint,
        provisioners._ec_query({k: v for k, v in properties.items() if k != "Tags"}),
    )
    name = str(properties["DBProxyEndpointName"])
    record = rds._db_proxy_endpoints[name]
    provisioners._rds_sync_tags(record["DBProxyEndpointArn"], {}, properties, ENDPOINT)
    attributes = {attribute: str(record[attribute]) for attribute in ("DBProxyEndpointArn", "Endpoint", "VpcId")}
    return name, {**attributes, "IsDefault": "false"}


def _update_endpoint(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(ENDPOINT, new, _ENDPOINT_KNOWN)
    groups = provisioners._ec_query({"VpcSecurityGroupIds": new.get("VpcSecurityGroupIds") or []})
    call(ENDPOINT, rds._modify_db_proxy_endpoint, {"DBProxyEndpointName": physical_id, **groups})
    record = rds._db_proxy_endpoints[physical_id]
    provisioners._rds_sync_tags(record["DBProxyEndpointArn"], old, new, ENDPOINT)
    return physical_id, {attribute: str(record[attribute]) for attribute in ("DBProxyEndpointArn", "Endpoint", "VpcId")}


def _delete_endpoint(physical_id: str, properties: Properties) -> None:
    call_unless_gone(ENDPOINT, rds._delete_db_proxy_endpoint, {"DBProxyEndpointName": physical_id})


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


HANDLERS: dict[str, Handler] = {
    PROXY: {"create": _create_proxy, "update": _update_proxy, "delete": _delete_proxy},
    TARGETS: {"create": _create_targets, "update": _update_targets, "delete": _delete_targets},
    ENDPOINT: {"create": _create_endpoint, "update": _update_endpoint, "delete": _delete_endpoint},
}
REPLACED_BY = {PROXY: PROXY_REPLACED_BY, TARGETS: TARGETS_REPLACED_BY, ENDPOINT: ENDPOINT_REPLACED_BY}
TAGGED = (PROXY, ENDPOINT)
