"""Flow logs on ministack's EC2 API: records, no traffic is logged. Runs in ministack's own process."""

import re
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import (
    Created,
    Handler,
    Properties,
    call,
    call_unless_gone,
    refuse_unknown,
)

FLOW_LOG = "AWS::EC2::FlowLog"
_API = ("LogDestination", "LogDestinationType", "LogGroupName", "ResourceType", "TrafficType")
_RECORD = ("DeliverLogsPermissionArn", "LogFormat", "MaxAggregationInterval")
_KNOWN = frozenset({*_API, *_RECORD, "ResourceId"})


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(FLOW_LOG, properties, _KNOWN | {"Tags"})
    parameters = {name: str(properties[name]) for name in _API if name in properties}
    body = call(FLOW_LOG, ec2._create_flow_logs, {"ResourceId.1": properties["ResourceId"], **parameters})
    identifier = re.findall("<item>(.*?)</item>", body)[0]
    ec2._flow_logs[identifier].update({name: properties[name] for name in _RECORD if name in properties})
    return identifier, _tagged(identifier, {}, properties)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return physical_id, _tagged(physical_id, old, new)  # only the tags differ, everything else replaces


def _delete(physical_id: str, properties: Properties) -> None:
    call_unless_gone(FLOW_LOG, ec2._delete_flow_logs, {"FlowLogId.1": physical_id})


def _tagged(identifier: str, old: Properties, new: Properties) -> dict[str, Any]:
    provisioners._ec2_apply_tags(identifier, new, old)
    return {"Id": identifier}


HANDLERS: dict[str, Handler] = {FLOW_LOG: {"create": _create, "update": _update, "delete": _delete}}
REPLACED_BY = {FLOW_LOG: tuple(sorted(_KNOWN))}
TAGGED = (FLOW_LOG,)
