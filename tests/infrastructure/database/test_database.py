"""The database is the environment's: its protection, backups, capacity and engine. checks/ has what holds for every
database."""

from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk

from keyless_aurora.settings.database import AuroraSettings, Serverless
from tests.app.environments import PROD
from tests.infrastructure.support import Synthesis, synthesize

CLUSTER, KEY = "database/Database/Cluster", "database/Database/Key"


def test_the_engine_is_aurora_postgresql_17(every: Synthesis) -> None:
    cluster = every.templates.props(CLUSTER)
    assert cluster["Engine"] == "aurora-postgresql"
    assert cluster["EngineVersion"].startswith("17.")


def test_protection_and_backups_are_the_environments(every: Synthesis) -> None:
    cluster, settings = every.templates.at(CLUSTER), every.environment.database
    assert isinstance(settings, AuroraSettings) and isinstance(settings.capacity, Serverless)
    protection = settings.protection
    assert cluster["Properties"]["DeletionProtection"] is protection.deletion_protection
    assert cluster["Properties"]["BackupRetentionPeriod"] == protection.backup_days
    assert cluster["DeletionPolicy"] == ("Snapshot" if protection.deletion_protection else "Delete")
    assert cluster["Properties"]["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": settings.capacity.min_acu,
        "MaxCapacity": settings.capacity.max_acu,
    }


def test_a_key_outlives_the_snapshots_that_need_it(every: Synthesis) -> None:
    kept = every.templates.at(CLUSTER)["DeletionPolicy"] == "Snapshot"
    assert every.templates.at(KEY)["DeletionPolicy"] == ("RetainExceptOnCreate" if kept else "Delete")


def test_what_is_kept_goes_with_a_deploy_that_failed_to_make_it(out: Path) -> None:
    """Whatever is retained, and also what the library retains by itself: the subnet group of a database that is."""
    assert isinstance(PROD.database, AuroraSettings)
    protection = replace(PROD.database.protection, removal_policy=cdk.RemovalPolicy.RETAIN)
    kept = synthesize(replace(PROD, database=replace(PROD.database, protection=protection)), out).templates
    policies = {path: body.get("DeletionPolicy") for path, body in kept.named()}
    assert "Retain" not in policies.values()
    assert {policies[path] for path in (CLUSTER, KEY, f"{CLUSTER}/Writer", f"{CLUSTER}/Subnets")} == {
        "RetainExceptOnCreate"
    }
