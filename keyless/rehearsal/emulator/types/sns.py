"""Topics, with the key that ministack's CloudFormation drops. Runs in ministack's own process."""

from ministack.services import sns
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import Created, Handler, Properties, refuse_unknown

TOPIC = "AWS::SNS::Topic"
_KNOWN = frozenset({"TopicName", "DisplayName", "KmsMasterKeyId", "Subscription", "Tags"})
_KEY = "KmsMasterKeyId"


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(TOPIC, properties, _KNOWN)
    return _with_key(provisioners._sns_create(logical_id, properties, stack_name), properties)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(TOPIC, new, _KNOWN)
    return _with_key(provisioners._sns_update(physical_id, old, new, stack_name), new)


def _with_key(created: Created, properties: Properties) -> Created:
    sns._topics[created[0]]["attributes"][_KEY] = properties.get(_KEY, "")
    return created


HANDLERS: dict[str, Handler] = {TOPIC: {"create": _create, "update": _update, "delete": provisioners._sns_delete}}
REPLACED_BY = {TOPIC: ("TopicName",)}
TAGGED = (TOPIC,)
