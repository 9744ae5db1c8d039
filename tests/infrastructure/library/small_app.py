"""An app of somebody else, in a folder with nothing but this and access.yaml."""

import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.app import KeylessApp, run
from keyless_aurora.settings.database import AuroraSettings, Protection, Serverless
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.logs import LogRetention
from keyless_aurora.settings.network import NewNetwork

TEST = Environment(
    name="test",
    region="us-east-1",
    network=NewNetwork("10.9.0.0/20", ("us-east-1a", "us-east-1b")),
    database=AuroraSettings(
        Protection(backup_days=1, deletion_protection=False, removal_policy=cdk.RemovalPolicy.DESTROY),
        capacity=Serverless(min_acu=0.5, max_acu=2),
    ),
    logs=LogRetention(logs.RetentionDays.ONE_MONTH, cdk.RemovalPolicy.DESTROY),
    maintenance_reserved=False,
    protected=False,
)

if __name__ == "__main__":
    sys.exit(run(lambda: KeylessApp({"test": TEST}, access=Path("access.yaml"))))
