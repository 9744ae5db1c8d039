"""What cdk-nag finds in databases, and why it is so."""

from constructs import Construct, IConstruct

from keyless_aurora.acknowledge import NAG, NIST, acknowledge
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.settings.database import Protection

_LOGS = f"{NIST}RDSLoggingEnabled[LogExport::"


def of_protection(resource: Construct, protection: Protection) -> None:
    if not protection.deletion_protection:
        reason = (
            "This environment is disposable on purpose: `cdk destroy` must work."
            if protection.disposable
            else "Switched off by this environment, as before a `cdk destroy` that is meant: a snapshot and its key "
            "remain."
        )
        for rule in (NAG + "RDS10", NIST + "RDSInstanceDeletionProtectionEnabled"):
            acknowledge(resource, rule, reason)
    if not protection.monitoring_seconds:
        acknowledge(
            resource,
            NIST + "RDSEnhancedMonitoringEnabled",
            "A disposable database, which this environment leaves without.",
        )
    acknowledge(
        resource,
        NIST + "RDSInBackupPlan",
        "RDS itself makes a backup each day and keeps the changes between "
        "(BackupRetentionPeriod, restored to a point in time). AWS Backup takes Aurora by cluster, never by instance.",
    )


def of_members(cluster: IConstruct, protection: Protection) -> None:
    """For a cluster, which Aurora's instances take their monitoring from."""
    if protection.monitoring_seconds:
        acknowledge(
            cluster,
            NIST + "RDSEnhancedMonitoringEnabled",
            "The cluster has it (MonitoringInterval, MonitoringRoleArn), which is how Aurora sets it for all of its "
            "instances.",
        )


def of_port(database: Construct) -> None:
    acknowledge(
        database,
        NAG + "RDS11",
        "Who reaches the port is settled by security groups, one path at a time; a port that "
        "is not the engine's own would hide nothing from them.",
    )


def of_port_where_found(database: Construct, family: Family) -> None:
    """cdk-nag knows no port of Db2's."""
    if family is not Family.DB2:
        of_port(database)


def of_zone(database: Construct, *, multi_az: bool) -> None:
    if not multi_az:
        for rule in (NAG + "RDS3", NIST + "RDSMultiAZSupport"):
            acknowledge(database, rule, "A disposable database, which may be away while its zone is.")


def of_mysql(database: Construct, engine: Engine, protection: Protection) -> None:
    if engine.family is not Family.MYSQL:
        return
    acknowledge(
        database,
        f"{_LOGS}general]",
        "The general log has the text of every statement, with the data that is in it; "
        "logins, rights and definitions are the audit log's.",
    )
    if not protection.audit:
        acknowledge(
            database,
            f"{_LOGS}audit]",
            "Switched off by this environment (`audit`): refused IAM logins are in a log of their own.",
        )
    if engine.aurora:
        acknowledge(
            database,
            NAG + "RDS14",
            "Backtrack rewinds a whole cluster in place, its users and their rights too, behind the access that was "
            "proven. The changes between backups restore it to any time, as a cluster of its own.",
        )
