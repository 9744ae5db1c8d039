"""AWS::RDS::DBProxyEndpoint, a further endpoint of a proxy, on ministack's RDS API. Runs in ministack's own process."""

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

ENDPOINT = "AWS::RDS::DBProxyEndpoint"
_REPLACING = ("DBProxyEndpointName", "DBProxyName", "EndpointNetworkType", "TargetRole", "VpcSubnetIds")
_KNOWN = frozenset({*_REPLACING, "VpcSecurityGroupIds", "Tags"})


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(ENDPOINT, properties, _KNOWN)
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


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(ENDPOINT, new, _KNOWN)
    groups = provisioners._ec_query({"VpcSecurityGroupIds": new.get("VpcSecurityGroupIds") or []})
    call(ENDPOINT, rds._modify_db_proxy_endpoint, {"DBProxyEndpointName": physical_id, **groups})
    record = rds._db_proxy_endpoints[physical_id]
    provisioners._rds_sync_tags(record["DBProxyEndpointArn"], old, new, ENDPOINT)
    return physical_id, {attribute: str(record[attribute]) for attribute in ("DBProxyEndpointArn", "Endpoint", "VpcId")}


def _delete(physical_id: str, properties: Properties) -> None:
    call_unless_gone(ENDPOINT, rds._delete_db_proxy_endpoint, {"DBProxyEndpointName": physical_id})


HANDLERS: dict[str, Handler] = {ENDPOINT: {"create": _create, "update": _update, "delete": _delete}}
REPLACED_BY = {ENDPOINT: _REPLACING}
TAGGED = (ENDPOINT,)
