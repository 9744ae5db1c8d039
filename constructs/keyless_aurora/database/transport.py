"""TLS and nothing else, to databases whose users nobody makes here: by a parameter, or on a listener of its own."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from keyless_aurora.engines.family import Family
from keyless_aurora.settings.database import SecretInstanceSettings

LOGS: Final = {
    Family.SQLSERVER: ("agent", "error"),
    Family.ORACLE: ("alert", "audit", "listener", "oemagent", "trace"),
    Family.DB2: ("diag.log", "notify.log"),
}
"""What is exported: everything that CreateDBInstance (EnableCloudwatchLogsExports) has for the engine."""
CIPHERS: Final = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
"""Of TLS 1.2 with forward secrecy, for a certificate with an RSA key, as RDS's default one is."""


def parameter_group(scope: Construct, settings: SecretInstanceSettings) -> rds.CfnDBParameterGroup:
    """SQL Server refuses what isn't encrypted; Db2 listens with TLS alone, on a port of its own. Oracle has its
    listener by an option, and here an audit in files, which alone can be exported."""
    return rds.CfnDBParameterGroup(
        scope,
        "Parameters",
        description=f"{settings.engine.label}, TLS only",
        family=_family(settings),
        parameters=_parameters(settings),
    )


def encrypted_listener(
    scope: Construct, settings: SecretInstanceSettings, group: ec2.ISecurityGroup
) -> rds.CfnOptionGroup | None:
    """Oracle's, for TLS 1.2. The one in clear is there beside it (UserGuide/Appendix.Oracle.Options.SSL), and no
    security group lets anybody to it. None for the other engines.

    A snapshot needs the option group that it was made with, so that it stays where snapshots do.
    """
    if settings.engine.family is not Family.ORACLE:
        return None
    values = {"SQLNET.SSL_VERSION": "1.2", "SQLNET.CIPHER_SUITE": CIPHERS}
    options = rds.CfnOptionGroup(
        scope,
        "Options",
        engine_name=settings.id,
        major_engine_version=settings.engine.major(settings.version),
        option_group_description="Listener with TLS",
        option_configurations=[
            rds.CfnOptionGroup.OptionConfigurationProperty(
                option_name="SSL",
                port=settings.engine.family.port,
                vpc_security_group_memberships=[group.security_group_id],
                option_settings=[
                    rds.CfnOptionGroup.OptionSettingProperty(name=name, value=value) for name, value in values.items()
                ],
            )
        ],
    )
    stays = cdk.RemovalPolicy.DESTROY if settings.protection.disposable else cdk.RemovalPolicy.RETAIN
    options.apply_removal_policy(stays)
    return options


def _parameters(settings: SecretInstanceSettings) -> dict[str, str]:
    match settings.engine.family:
        case Family.SQLSERVER:
            return {"rds.force_ssl": "1"}
        case Family.ORACLE:
            return {"audit_trail": "OS", "sqlnetora.sqlnet.allowed_logon_version_server": "12"}
        case _:
            ids = {"rds.ibm_customer_id": settings.ibm_customer_id, "rds.ibm_site_id": settings.ibm_site_id}
            listens = {"db2comm": "SSL", "ssl_svcename": str(settings.engine.family.port)}
            return {**listens, **{name: value for name, value in ids.items() if value}}


def _family(settings: SecretInstanceSettings) -> str:
    """`sqlserver-se-16.0` of 16.00, `oracle-se2-19`, `db2-se-11.5`."""
    return f"{settings.id}-{settings.engine.major(settings.version).replace('.00', '.0')}"
