"""Secrets, their policies and their rotation on ministack's Secrets Manager. Runs in ministack's own process."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.services.secrets_manager import rotation
from keyless.rehearsal.emulator.types.handlers import Created, Handler, Properties, refuse_unknown

SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type
POLICY = "AWS::SecretsManager::ResourcePolicy"
ROTATION = "AWS::SecretsManager::RotationSchedule"
_SECRET = frozenset({"Name", "Description", "KmsKeyId", "SecretString", "GenerateSecretString", "Tags"})
_POLICY = frozenset({"SecretId", "ResourcePolicy", "BlockPublicPolicy"})
_ROTATION = frozenset({"SecretId", "RotationLambdaARN", "RotationRules", "RotateImmediatelyOnUpdate"})
_TEMPLATE = frozenset({"SecretStringTemplate", "GenerateStringKey"})


def install() -> None:
    provisioners._sm_secret_string = _value


def _value(properties: Properties) -> str:
    """What a template declares: the value, or one by GetRandomPassword, whose parameters are the property's own."""
    generate = properties.get("GenerateSecretString")
    if generate is None:
        return str(properties.get("SecretString", ""))
    answer = _called(
        SECRET, secretsmanager._get_random_password({k: v for k, v in generate.items() if k not in _TEMPLATE})
    )
    if "SecretStringTemplate" not in generate:
        return str(answer["RandomPassword"])
    return json.dumps(
        {**json.loads(generate["SecretStringTemplate"]), generate["GenerateStringKey"]: answer["RandomPassword"]}
    )


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(SECRET, properties, _SECRET)
    return _by_arn(*provisioners._sm_secret_create(logical_id, properties, stack_name))


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    refuse_unknown(SECRET, new, _SECRET)
    return _by_arn(
        *provisioners._sm_secret_update(_name(physical_id), old, {**new, "Name": _name(physical_id)}, stack_name)
    )


def _delete(physical_id: str, properties: Properties) -> None:
    if secretsmanager._resolve(physical_id)[0]:
        provisioners._sm_secret_delete(_name(physical_id), properties)


def _by_arn(name: str, attributes: dict[str, str]) -> Created:
    """`Ref` of a secret is its ARN."""
    return attributes["Arn"], attributes


def _name(physical_id: str) -> str:
    return str(secretsmanager._resolve(physical_id)[0])


def _put_policy(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(POLICY, properties, _POLICY)
    request = {"SecretId": properties["SecretId"], "ResourcePolicy": json.dumps(properties["ResourcePolicy"])}
    _called(POLICY, secretsmanager._put_resource_policy(request))
    return properties["SecretId"], {"Id": properties["SecretId"]}


def _update_policy(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _put_policy("", new, stack_name)


def _delete_policy(physical_id: str, properties: Properties) -> None:
    secretsmanager._delete_resource_policy({"SecretId": physical_id})


def _put_rotation(logical_id: str, properties: Properties, stack_name: str) -> Created:
    refuse_unknown(ROTATION, properties, _ROTATION)
    request: dict[str, Any] = {
        name: properties[name] for name in ("SecretId", "RotationLambdaARN", "RotationRules") if name in properties
    }
    immediately = str(properties.get("RotateImmediatelyOnUpdate", True)).lower() == "true"
    _called(ROTATION, rotation.rotate({**request, "RotateImmediately": immediately}))
    return properties["SecretId"], {"Id": properties["SecretId"]}


def _update_rotation(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _put_rotation("", new, stack_name)


def _delete_rotation(physical_id: str, properties: Properties) -> None:
    _, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret |= {"RotationEnabled": False, "RotationLambdaARN": None, "RotationRules": None}


def _called(resource_type: str, answer: tuple[int, Mapping[str, str], bytes]) -> dict[str, Any]:
    status, _headers, body = answer
    document: dict[str, Any] = json.loads(body)
    if status >= 400:
        raise ValueError(f"{resource_type}: {document.get('__type', status)}: {document.get('message', '')}")
    return document


HANDLERS: dict[str, Handler] = {
    SECRET: {"create": _create, "update": _update, "delete": _delete},
    POLICY: {"create": _put_policy, "update": _update_policy, "delete": _delete_policy},
    ROTATION: {"create": _put_rotation, "update": _update_rotation, "delete": _delete_rotation},
}
REPLACED_BY = {SECRET: ("Name",), POLICY: ("SecretId",), ROTATION: ("SecretId",)}
TAGGED = (SECRET,)
