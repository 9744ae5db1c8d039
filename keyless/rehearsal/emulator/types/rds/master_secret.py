"""The secret that RDS makes for a master whose password it manages, which ministack's CloudFormation drops: with a
password in it, under the key that the template names, gone when the database is. Runs in ministack's own process.

Whoever starts the database's server gives the master this password.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from ministack.core.responses import new_uuid
from ministack.services import rds, secretsmanager
from ministack.services.cloudformation import provisioners

from keyless.rehearsal.emulator.types.handlers import Created, Properties

_SECRET: Final = "MasterUserSecret"  # noqa: S105 - a property
_ATTRIBUTE: Final = "MasterUserSecret.SecretArn"
_MANAGED: Final = "ManageMasterUserPassword"
_Attributes = Callable[[Mapping[str, Any]], dict[str, str]]
_Create = Callable[[str, Properties, str], Created]
_Delete = Callable[[str, Properties], None]


def install() -> None:
    """Of clusters and of instances alike. Rotating it is not rehearsed."""
    for type_, name, kind in (("DBCluster", "db_cluster", "cluster"), ("DBInstance", "db_instance", "db")):
        records = rds._clusters if kind == "cluster" else rds._instances
        attributes = _with_secret(getattr(provisioners, f"_rds_{name}_attrs"))
        setattr(provisioners, f"_rds_{name}_attrs", attributes)
        handlers = provisioners._RESOURCE_HANDLERS[f"AWS::RDS::{type_}"]
        create = _making(getattr(provisioners, f"_rds_{name}_create"), records, kind, attributes)
        delete = _removing(getattr(provisioners, f"_rds_{name}_delete"), records)
        for verb, handler in (("create", create), ("delete", delete)):
            setattr(provisioners, f"_rds_{name}_{verb}", handler)  # which an update that replaces calls
            handlers[verb] = handler
    rds._instance_xml = _told(rds._instance_xml)


def _with_secret(attributes: _Attributes) -> _Attributes:
    def of(record: Mapping[str, Any]) -> dict[str, str]:
        secret = record.get(_SECRET)
        return {**attributes(record), **({_ATTRIBUTE: secret["SecretArn"]} if secret else {})}

    return of


def _making(create: _Create, records: Any, kind: str, attributes: _Attributes) -> _Create:
    @wraps(create)
    def created(logical_id: str, properties: Properties, stack_name: str) -> Created:
        id_, found = create(logical_id, properties, stack_name)
        if str(properties.get(_MANAGED, False)).lower() != "true":
            return id_, found
        records[id_][_SECRET] = _made(kind, records[id_], (properties.get(_SECRET) or {}).get("KmsKeyId"))
        return id_, attributes(records[id_])

    return created


def _made(kind: str, record: dict[str, Any], key: str | None) -> dict[str, Any]:
    record["_MasterUserPassword"] = password = rds._generate_master_user_password()
    value = json.dumps({"username": record["MasterUsername"], "password": password})
    arn, _ = secretsmanager._store_new_secret(f"rds!{kind}-{new_uuid()}", secret_string=value, kms_key_id=key)
    return {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key}


def _removing(delete: _Delete, records: Any) -> _Delete:
    @wraps(delete)
    def deleted(physical_id: str, properties: Properties) -> None:
        secret = (records.get(physical_id) or {}).get(_SECRET)
        delete(physical_id, properties)
        if secret:
            secretsmanager.delete_secret_in_process(secret["SecretArn"])

    return deleted


def _told(describe: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """DescribeDBInstances: ministack has it for clusters only."""

    def described(instance: Mapping[str, Any]) -> str:
        secret = instance.get(_SECRET)
        told = f"<{_SECRET}><SecretArn>{secret['SecretArn']}</SecretArn></{_SECRET}>" if secret else ""
        return describe(instance) + told

    return described
