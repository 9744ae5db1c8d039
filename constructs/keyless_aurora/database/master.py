"""How the master of a database that this app makes logs in: with IAM, or where RDS doesn't take that, with a password
that RDS makes, keeps in a secret, and rotates."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from keyless_aurora.database.database import MASTER, MasterSecret
from keyless_aurora.settings.database import AuroraSettings, InstanceSettings, Protection

REPLACED = rds.Credentials.from_password(MASTER, cdk.SecretValue.unsafe_plain_text("replaced by IAM"))
"""The library's constructs insist on a password or a secret; `set_login` takes this one out of the template."""


def set_login(
    scope: Construct, resource: rds.CfnDBCluster | rds.CfnDBInstance, settings: AuroraSettings | InstanceSettings
) -> MasterSecret | None:
    """Let the master log in as `settings` say. None: with IAM."""
    resource.master_user_password = None
    if settings.master_with_iam:
        resource.master_user_authentication_type = "iam-db-auth"
        resource.manage_master_user_password = None
        resource.master_user_secret = None
        return None
    key = masters_key(scope, settings.protection)
    resource.manage_master_user_password = True
    if isinstance(resource, rds.CfnDBCluster):
        resource.master_user_secret = rds.CfnDBCluster.MasterUserSecretProperty(kms_key_id=key.key_arn)
    else:
        resource.master_user_secret = rds.CfnDBInstance.MasterUserSecretProperty(kms_key_id=key.key_arn)
    return MasterSecret(resource.attr_master_user_secret_secret_arn, key)


def masters_key(scope: Construct, protection: Protection) -> kms.Key:
    """Encrypts the master's secret, and nothing else."""
    return kms.Key(
        scope,
        "MasterKey",
        enable_key_rotation=True,
        description="Encrypts the secret of the master",
        removal_policy=cdk.RemovalPolicy.DESTROY if protection.disposable else cdk.RemovalPolicy.RETAIN,
    )
