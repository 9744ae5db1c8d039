"""NAT gateways and their addresses on ministack's EC2 API: records only. Runs in ministack's own process."""

import re

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import (
    ApiCall,
    Created,
    Handler,
    Properties,
    call,
    call_unless_gone,
    refuse_unknown,
)

ADDRESS = "AWS::EC2::EIP"
GATEWAY = "AWS::EC2::NatGateway"
_KNOWN = {
    ADDRESS: frozenset({"Domain", "Tags"}),
    GATEWAY: frozenset({"AllocationId", "ConnectivityType", "SubnetId", "Tags"}),
}
_CREATE: dict[str, ApiCall] = {ADDRESS: ec2._allocate_address, GATEWAY: ec2._create_nat_gateway}
_DELETE: dict[str, ApiCall] = {ADDRESS: ec2._release_address, GATEWAY: ec2._delete_nat_gateway}
_ID = {ADDRESS: ("allocationId", "AllocationId"), GATEWAY: ("natGatewayId", "NatGatewayId")}


def _handler(resource_type: str) -> Handler:
    element, parameter = _ID[resource_type]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        refuse_unknown(resource_type, properties, _KNOWN[resource_type])
        body = call(
            resource_type,
            _CREATE[resource_type],
            {name: str(value) for name, value in properties.items() if name != "Tags"},
        )
        identifier = re.findall(f"<{element}>(.*?)</{element}>", body)[0]
        provisioners._ec2_apply_tags(identifier, properties, {})
        return _created(identifier, element, body)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
        refuse_unknown(resource_type, new, _KNOWN[resource_type])
        provisioners._ec2_apply_tags(_identifier(physical_id), new, old)  # everything else replaces
        return physical_id, {parameter: _identifier(physical_id)}

    def delete(physical_id: str, properties: Properties) -> None:
        call_unless_gone(resource_type, _DELETE[resource_type], {parameter: _identifier(physical_id)})

    return {"create": create, "update": update, "delete": delete}


def _created(identifier: str, element: str, body: str) -> Created:
    """`Ref` of an address is the address itself."""
    if element != "allocationId":
        return identifier, {"NatGatewayId": identifier}
    address = re.findall("<publicIp>(.*?)</publicIp>", body)[0]
    return address, {"AllocationId": identifier, "PublicIp": address}


def _identifier(physical_id: str) -> str:
    """An address's allocation, found by it; anything else is its own identifier."""
    return next((key for key, record in ec2._addresses.items() if record["PublicIp"] == physical_id), physical_id)


HANDLERS: dict[str, Handler] = {resource_type: _handler(resource_type) for resource_type in (ADDRESS, GATEWAY)}
REPLACED_BY = {ADDRESS: ("Domain",), GATEWAY: ("AllocationId", "ConnectivityType", "SubnetId")}
TAGGED = (ADDRESS, GATEWAY)
