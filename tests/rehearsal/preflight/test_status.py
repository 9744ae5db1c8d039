"""`keyless status` on the shared emulator, in two regions at once, with databases of every sort."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from keyless.preflight.account.actions import right
from keyless.rehearsal.emulator.cloud import Cloud, RoleSession
from keyless.status.actions import ACTIONS
from keyless.status.found import Kind, MasterLogin, Region, Version
from keyless.status.looking import look
from keyless.status.remarks import remarks
from tests.rehearsal.emulator.functions import allow, create_role
from tests.rehearsal.lines.dev.command import keyless

FAR = "eu-north-1"
OPEN, CLOSED = "lets-in-without-tls", "asks-for-tls"
_CLUSTER = {"Engine": "aurora-postgresql", "EngineVersion": "17.9", "MasterUsername": "postgres"}
_INSTANCE = {"Engine": "postgres", "MasterUsername": "dba", "MasterUserPassword": "not-a-secret", "DBInstanceClass": "db.t3.micro"}  # fmt: skip
Made = dict[str, Any]


def client(cloud: Cloud, service: str, region: str, who: RoleSession | None = None) -> Any:
    variables = who.variables if who else cloud.environment()
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=region,
        endpoint_url=cloud.endpoint_url,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables.get("AWS_SESSION_TOKEN"),
    )


@pytest.fixture(scope="module")
def there(cloud: Cloud) -> Iterator[Cloud]:
    """In the far region a cluster whose parameters let connections without TLS in, with a managed secret and no IAM,
    one that is well, and an instance with a password."""
    rds = client(cloud, "rds", FAR)
    for name, value in ((OPEN, "0"), (CLOSED, "1")):
        parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": value, "ApplyMethod": "immediate"}
        group = {"DBClusterParameterGroupName": name}
        rds.create_db_cluster_parameter_group(**group, DBParameterGroupFamily="aurora-postgresql17", Description="-")
        rds.modify_db_cluster_parameter_group(**group, Parameters=[parameter])
    rds.create_db_parameter_group(DBParameterGroupName=CLOSED, DBParameterGroupFamily="postgres17", Description="-")
    rds.modify_db_parameter_group(DBParameterGroupName=CLOSED, Parameters=[parameter])
    rds.create_db_cluster(
        **_CLUSTER, DBClusterIdentifier="by-hand", ManageMasterUserPassword=True, DBClusterParameterGroupName=OPEN
    )
    rds.create_db_cluster(
        **_CLUSTER, DBClusterIdentifier="with-iam", MasterUserPassword="not-a-secret",
        EnableIAMDatabaseAuthentication=True, DBClusterParameterGroupName=CLOSED,
    )  # fmt: skip
    rds.create_db_instance(**_INSTANCE, DBInstanceIdentifier="old", DBParameterGroupName=CLOSED)
    rds.create_db_instance(
        Engine="aurora-postgresql", DBInstanceIdentifier="member", DBClusterIdentifier="with-iam",
        DBInstanceClass="db.r5.large",
    )  # fmt: skip
    yield cloud
    for name in ("old", "member"):
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    for name in ("by-hand", "with-iam"):
        rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    for name in (OPEN, CLOSED):
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=name)
    rds.delete_db_parameter_group(DBParameterGroupName=CLOSED)


def looked(cloud: Cloud, *regions: str, who: RoleSession | None = None) -> dict[str, Region]:
    found = look(lambda region: lambda service: client(cloud, service, region, who), regions, None)
    return {region.name: region for region in found}


def test_each_region_has_its_own_databases_in_the_order_asked_for(there: Cloud) -> None:
    found = looked(there, FAR, there.region)
    assert [*found] == [FAR, there.region]
    assert {one.name: (one.kind, one.members) for one in found[FAR].databases} == {
        "by-hand": (Kind.CLUSTER, 0),
        "with-iam": (Kind.CLUSTER, 1),
        "old": (Kind.INSTANCE, 1),
    }
    assert found[there.region].databases == ()


def test_how_each_lets_in_is_told(there: Cloud) -> None:
    databases = {one.name: one for one in looked(there, FAR)[FAR].databases}
    assert {name: (one.iam, one.tls, one.master, one.master_login) for name, one in databases.items()} == {
        "by-hand": (False, False, "postgres", MasterLogin.SECRET),
        "with-iam": (True, True, "postgres", MasterLogin.OWN),
        "old": (False, True, "dba", MasterLogin.OWN),
    }


def test_what_deserves_a_look_is_said_of_each(there: Cloud) -> None:
    said = [*remarks(looked(there, FAR)[FAR])]
    assert "cluster by-hand: IAM authentication is off" in said
    assert "cluster by-hand: it lets connections without TLS in" in said
    assert "instance old: IAM authentication is off" in said
    assert not [one for one in said if "with-iam" in one]


def test_the_version_is_one_that_is_offered(there: Cloud) -> None:
    databases = {one.name: one for one in looked(there, FAR)[FAR].databases}
    assert isinstance(databases["with-iam"].version, Version) and databases["with-iam"].version.offered


@pytest.mark.parametrize("denied", [*(pair for pair in ACTIONS.items() if pair[0] != "ec2")], ids=lambda pair: pair[0])
def test_a_right_that_is_missing_is_named_and_stops_nothing_else(
    there: Cloud, denied: tuple[str, frozenset[str]]
) -> None:
    """The emulator asks nobody for rights on Lambda's settings."""
    role = create_role(there, "glancing", "lambda.amazonaws.com")
    others = [right(service, one) for service, own in ACTIONS.items() if service != denied[0] for one in own]
    try:
        allow(there, "glancing", {"Action": others, "Resource": "*"})
        found = looked(there, FAR, who=there.role_session(role))[FAR]
    finally:
        there.client("iam").delete_role_policy(RoleName="glancing", PolicyName="inline")
        there.client("iam").delete_role(RoleName="glancing")
    assert bool(found.databases) == (denied[0] != "rds")
    if denied[0] in ("rds", "cloudformation"):
        named = {sentence.removeprefix("these credentials need the permission ") for sentence in found.unanswered}
        assert named <= {right(denied[0], one) for one in denied[1]} and named


@pytest.fixture
def variables(there: Cloud) -> dict[str, str]:
    return there.environment()


def test_the_command_shows_every_region_and_its_status_says_that_something_deserves_a_look(
    there: Cloud, variables: dict[str, str]
) -> None:
    answer = keyless("status", "--region", FAR, "--region", there.region, "--json", **variables)
    assert answer.returncode == 2, answer.stderr
    regions = json.loads(answer.stdout)["regions"]
    assert [region["name"] for region in regions] == [FAR, there.region]
    assert "cluster by-hand: IAM authentication is off" in regions[0]["remarks"]
    assert "not-a-secret" not in answer.stdout


def test_all_regions_are_those_of_the_account(there: Cloud, variables: dict[str, str]) -> None:
    answer = keyless("status", "--all-regions", "--json", **variables)
    named = [region["name"] for region in json.loads(answer.stdout)["regions"]]
    assert {FAR, there.region} <= {*named} and named == sorted(named)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_region_without_anything_says_so(there: Cloud, variables: dict[str, str], form: str) -> None:
    answer = keyless("status", "--region", "sa-east-1", "--format", form, **variables)
    assert (answer.returncode, answer.stdout) == (0, "nothing was found\n"), answer.stderr


def test_without_rights_it_says_what_is_missing_and_fails(there: Cloud) -> None:
    role = create_role(there, "nobody-glancing", "lambda.amazonaws.com")
    try:
        variables = {**there.environment(), **there.role_session(role).variables}
        answer = keyless("status", "--region", FAR, **variables)
        everywhere = keyless("status", "--all-regions", **variables)
    finally:
        there.client("iam").delete_role(RoleName="nobody-glancing")
    assert answer.returncode == 1
    assert f"keyless: {FAR}: these credentials need the permission rds:DescribeDBClusters\n" in answer.stderr
    assert (everywhere.returncode, everywhere.stdout) == (1, "")
    assert "these credentials need the permission ec2:DescribeRegions; allowed: --region NAME" in everywhere.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--region", FAR, "--all-regions"), "--region is not allowed with --all-regions"),
        (("--env", "nowhere", "--region", FAR), "there are no stacks of an environment 'nowhere' in eu-north-1"),
        (("--json", "--format", "text"), "--json is not allowed with --format"),
    ],
)
def test_what_is_wrong_is_said(variables: dict[str, str], arguments: tuple[str, ...], says: str) -> None:
    answer = keyless("status", *arguments, **variables)
    assert (answer.returncode, answer.stdout, says in answer.stderr) == (1, "", True), answer.stderr
