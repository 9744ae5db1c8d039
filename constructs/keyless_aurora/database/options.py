"""What RDS for MySQL and MariaDB have as an option of the instance, not as a parameter."""

import aws_cdk as cdk
from aws_cdk import aws_rds as rds
from constructs import Construct

from keyless_aurora.database.parameters import AUDITED
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.settings.database import Protection


def audit_option(
    scope: Construct, *, of: Engine, engine: rds.IInstanceEngine, protection: Protection
) -> rds.OptionGroup | None:
    """The audit plugin (UserGuide/Appendix.MySQL.Options.AuditPlugin and Appendix.MariaDB.Options.AuditPlugin); None
    where nothing is audited, or by a parameter.

    A snapshot needs the option group that it was made with, and RDS deletes none that one needs
    (UserGuide/USER_WorkingWithOptionGroups, "Deleting an option group"): so it stays where snapshots do.
    """
    if of.family is not Family.MYSQL or of.aurora or not protection.audit:
        return None
    group = rds.OptionGroup(
        scope,
        "Options",
        engine=engine,
        description="Audit log",
        configurations=[
            rds.OptionConfiguration(name="MARIADB_AUDIT_PLUGIN", settings={"SERVER_AUDIT_EVENTS": AUDITED})
        ],
    )
    stays = cdk.RemovalPolicy.DESTROY if protection.disposable else cdk.RemovalPolicy.RETAIN
    group.apply_removal_policy(stays)
    return group
