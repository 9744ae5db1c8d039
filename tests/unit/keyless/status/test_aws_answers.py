"""What AWS's answers come to, in AWS's own shapes: each is held against botocore's model of the operation before it is
given. The emulator knows no upgrades and no proxies' troubles."""

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from keyless.preflight.account.reader import Reader
from keyless.status.actions import ACTIONS
from keyless.status.asking import Asking
from keyless.status.databases import databases
from keyless.status.found import Target, Version
from keyless.status.proxies import proxies

_WHERE = {"region_name": "eu-west-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
CLUSTER = {
    "DBClusterIdentifier": "orders",
    "Engine": "aurora-postgresql",
    "EngineVersion": "16.4",
    "Status": "available",
    "Endpoint": "orders.cluster-abc.eu-west-1.rds.amazonaws.com",
    "DBClusterMembers": [],
    "MasterUsername": "postgres",
}


class Account:
    """Of one region, with these answers in this order."""

    def __init__(self, *answers: tuple[str, dict[str, Any]]) -> None:
        client = boto3.client("rds", **_WHERE)  # type: ignore[call-overload]
        self._stubber = Stubber(client)
        for operation, answer in answers:
            self._stubber.add_response(operation, answer, dict.fromkeys(_ASKED.get(operation, ()), ANY))
        self._stubber.activate()
        self.asking = Asking(Reader(lambda service: client, ACTIONS), "eu-west-1")


_ASKED = {
    "describe_db_engine_versions": ("Engine", "EngineVersion", "IncludeAll"),
    "describe_db_proxy_targets": ("DBProxyName",),
}


def upgrade(version: str, *, major: bool = False, engine: str = "aurora-postgresql") -> dict[str, Any]:
    return {"Engine": engine, "EngineVersion": version, "IsMajorVersionUpgrade": major, "AutoUpgrade": False}


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([], Version(offered=False, minor_upgrades=())),
        ([{"Status": "available"}], Version(offered=True, minor_upgrades=())),
        ([{"Status": "deprecated"}], Version(offered=False, minor_upgrades=())),
        (
            [{"Status": "deprecated", "ValidUpgradeTarget": [upgrade("16.6"), upgrade("16.8"), upgrade("17.4", major=True)]}],
            Version(offered=False, minor_upgrades=("16.6", "16.8")),
        ),
    ],
)  # fmt: skip
def test_a_version_is_offered_or_not_and_has_its_minor_upgrades(versions: Any, expected: Version) -> None:
    account = Account(
        ("describe_db_clusters", {"DBClusters": [CLUSTER]}),
        ("describe_db_engine_versions", {"DBEngineVersions": versions}),
        ("describe_db_instances", {"DBInstances": []}),
    )
    (found,) = databases(account.asking, {})
    assert (found.version, account.asking.unanswered) == (expected, [])


def test_every_page_is_read() -> None:
    pages: list[tuple[str, dict[str, Any]]] = [
        ("describe_db_clusters", {"DBClusters": [], "Marker": "more"}),
        ("describe_db_clusters", {"DBClusters": []}),
        ("describe_db_instances", {"DBInstances": [], "Marker": "more"}),
        ("describe_db_instances", {"DBInstances": []}),
    ]
    account = Account()
    for (operation, answer), asked in zip(pages, ({}, {"Marker": "more"}) * 2, strict=True):
        account._stubber.add_response(operation, answer, asked)
    assert [*databases(account.asking, {})] == []
    account._stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("auth", "scheme", "tokens_only"),
    [
        ([], "IAM_AUTH", True),
        ([], "NONE", False),
        ([{"IAMAuth": "REQUIRED"}], "NONE", True),
        ([{"IAMAuth": "REQUIRED"}, {"IAMAuth": "DISABLED"}], "NONE", False),
        ([{"IAMAuth": "DISABLED"}], "IAM_AUTH", False),
    ],
)
def test_a_proxy_takes_tokens_only_or_passwords(auth: Any, scheme: str, tokens_only: bool) -> None:
    raw = {"DBProxyName": "way", "Status": "available", "RequireTLS": False, "Auth": auth, "DefaultAuthScheme": scheme}
    health = {"State": "UNAVAILABLE", "Reason": "AUTH_FAILURE", "Description": "no secret"}
    account = Account(
        ("describe_db_proxies", {"DBProxies": [raw]}),
        ("describe_db_proxy_targets", {"Targets": [{"TrackedClusterId": "orders", "TargetHealth": health}]}),
    )
    (found,) = proxies(account.asking)
    assert (found.iam, found.tls) == (tokens_only, False)
    assert found.targets == (Target("orders", "UNAVAILABLE", "AUTH_FAILURE no secret"),)
