"""The deployed proxy: its current settings, and its secrets as its own role reads them."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from keyless.rehearsal.deployment.database import DeployedDatabase
from keyless.rehearsal.emulator.cloud import Cloud, CloudError
from keyless.rehearsal.endpoints.proxy.settings import (
    Credentials,
    ProxySettings,
    ReadSecret,
    SecretAuth,
    UnreadableError,
)

_SERVICE = "rds.amazonaws.com"
_PASSWORD_TYPES = (None, "POSTGRES_SCRAM_SHA_256", "MYSQL_CACHING_SHA2_PASSWORD", "MYSQL_NATIVE_PASSWORD")
"""None: what the database itself asks for."""


class DeploymentError(Exception):
    """The deployed proxy can't work, or has a setting that the stand-in lacks."""


def settings(rds: Any, name: str, database: DeployedDatabase) -> ProxySettings:
    """Raises DeploymentError when the proxy has no way to the database, in which case it can't serve anybody."""
    targets = rds.describe_db_proxy_targets(DBProxyName=name)["Targets"]
    if database.identifier not in {
        target.get(key) for target in targets for key in ("RdsResourceId", "TrackedClusterId")
    }:
        raise DeploymentError(f"proxy {name} has no target in {database.identifier}")
    (proxy,) = rds.describe_db_proxies(DBProxyName=name)["DBProxies"]
    return ProxySettings(
        require_tls=bool(proxy["RequireTLS"]),
        iam_by_default=proxy.get("DefaultAuthScheme") == "IAM_AUTH",
        secrets=tuple(_entry(name, entry) for entry in proxy.get("Auth", ())),
    )


def _entry(name: str, entry: Mapping[str, Any]) -> SecretAuth:
    if entry.get("ClientPasswordAuthType") not in _PASSWORD_TYPES:
        raise DeploymentError(
            f"proxy {name}: ClientPasswordAuthType {entry['ClientPasswordAuthType']} is not rehearsed; allowed: "
            f"{', '.join(filter(None, _PASSWORD_TYPES))}"
        )
    if entry.get("IAMAuth", "DISABLED") not in ("DISABLED", "REQUIRED"):
        raise DeploymentError(
            f"proxy {name}: IAMAuth {entry['IAMAuth']} is for SQL Server only; allowed: DISABLED, REQUIRED"
        )
    return SecretAuth(arn=entry["SecretArn"], iam=entry.get("IAMAuth") == "REQUIRED")


def secret_reader(cloud: Cloud, role_arn: str) -> ReadSecret:
    """Reads secrets of the cloud's Secrets Manager as the role, which must trust RDS."""

    def read(arn: str) -> Credentials:
        try:
            client = cloud.client("secretsmanager", cloud.role_session(role_arn, _SERVICE))
            document = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
            return Credentials(document["username"], document["password"])
        except (BotoCoreError, ClientError, CloudError) as error:
            raise UnreadableError(f"the proxy's role can't read secret {arn}: {error}") from error
        except (KeyError, TypeError, ValueError):  # not kept as the cause: it may hold the secret's text
            reason = f"secret {arn} is not a JSON object with username and password"
        raise UnreadableError(reason)

    return read
