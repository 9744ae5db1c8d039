"""Each fault is planted in the account, named with its command, mended as the command would, and not named again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from keyless.rehearsal.emulator.cloud import Cloud
from tests.planned import PARAMETER, STACK, Resources, resource
from tests.rehearsal.emulator.functions import create_function, create_role
from tests.rehearsal.preflight.conftest import Looking, make_service_role

LOG_GROUP = "/aws/rds/cluster/planned/postgresql"
TOPIC = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "planned"}}}})
NO_SUCH_FUNCTION = {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:no-such-function"}
IMPOSSIBLE = json.dumps({"Resources": {"It": {"Type": "Custom::It", "Properties": NO_SUCH_FUNCTION}}})


def aurora(version: str = "17.9") -> Resources:
    return {
        "Cluster": resource(
            "AWS::RDS::DBCluster", Engine="aurora-postgresql", EngineVersion=version, DBClusterIdentifier="planned"
        ),
        "Member": resource(
            "AWS::RDS::DBInstance",
            Engine="aurora-postgresql",
            DBClusterIdentifier={"Ref": "Cluster"},
            DBInstanceClass="db.serverless",
        ),
    }


def evidence(looking: Looking, check: str, resources: Resources) -> list[str]:
    """What a check says, after all others have said that all is well."""
    found = looking.at(resources)
    assert [name for name, problems in found.items() if problems and name != check] == []
    return [problem.evidence for problem in found[check]]


@pytest.mark.usefixtures("ready")
def test_an_account_in_which_all_is_well_has_no_problem(looking: Looking) -> None:
    found = looking.at({**aurora(), "Vpc": resource("AWS::EC2::VPC")})
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert len(found) == 10


@pytest.mark.usefixtures("ready")
def test_a_missing_and_an_old_bootstrap(cloud: Cloud, looking: Looking) -> None:
    ssm = cloud.client("ssm")
    ssm.delete_parameter(Name=PARAMETER)
    (missing,) = looking.at({})["CDK bootstrap"]
    assert (PARAMETER in missing.evidence, missing.remedies) == (True, ("make bootstrap ENV=dev",))
    ssm.put_parameter(Name=PARAMETER, Value="5", Type="String")
    assert evidence(looking, "CDK bootstrap", {}) == [f"{PARAMETER} says version 5; the stacks need 6"]
    ssm.put_parameter(Name=PARAMETER, Value="6", Type="String", Overwrite=True)
    assert evidence(looking, "CDK bootstrap", {}) == []


@pytest.mark.usefixtures("ready")
def test_a_missing_role_of_rds(cloud: Cloud, looking: Looking) -> None:
    cloud.client("iam").delete_role(RoleName="AWSServiceRoleForRDS")
    (missing,) = looking.at(aurora())["RDS's role"]
    assert missing.remedies == ("aws iam create-service-linked-role --aws-service-name rds.amazonaws.com",)
    assert evidence(looking, "RDS's role", {"Vpc": resource("AWS::EC2::VPC")}) == []
    make_service_role(cloud)
    assert evidence(looking, "RDS's role", aurora()) == []


@pytest.mark.usefixtures("ready")
def test_a_stack_whose_first_deploy_was_rolled_back(cloud: Cloud, looking: Looking) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=IMPOSSIBLE, EnableTerminationProtection=True)
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    (stuck,) = looking.at({})["state of the stacks"]
    assert stuck.evidence.startswith(f"{STACK} is ROLLBACK_COMPLETE: its first deploy failed")
    (command,) = stuck.remedies
    assert "--no-enable-termination-protection" in command
    assert command.endswith(f"aws cloudformation delete-stack --stack-name {STACK} --region {cloud.region}")
    cloudformation.update_termination_protection(StackName=STACK, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=STACK)
    assert evidence(looking, "state of the stacks", {}) == []


def _log_group(cloud: Cloud) -> Callable[[], Any]:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_group(logGroupName=LOG_GROUP + "-other")
    return lambda: [logs.delete_log_group(logGroupName=LOG_GROUP + end) for end in ("", "-other")]


def _cluster(cloud: Cloud) -> Callable[[], Any]:
    rds = cloud.client("rds")
    rds.create_db_cluster(DBClusterIdentifier="planned", Engine="aurora-postgresql", MasterUsername="x")
    return lambda: rds.delete_db_cluster(DBClusterIdentifier="planned", SkipFinalSnapshot=True)


def _instance(cloud: Cloud) -> Callable[[], Any]:
    rds = cloud.client("rds")
    named = {"DBInstanceIdentifier": "planned"}
    rds.create_db_instance(**named, Engine="aurora-postgresql", DBInstanceClass="db.t3.medium")
    return lambda: rds.delete_db_instance(**named, SkipFinalSnapshot=True)


def _proxy(cloud: Cloud) -> Callable[[], Any]:
    rds, subnets = cloud.client("rds"), cloud.client("ec2").describe_subnets()["Subnets"]
    rds.create_db_proxy(
        DBProxyName="planned",
        EngineFamily="POSTGRESQL",
        DefaultAuthScheme="IAM_AUTH",
        RoleArn=create_role(cloud, "planned-proxy", "rds.amazonaws.com"),
        VpcSubnetIds=[subnet["SubnetId"] for subnet in subnets[:2]],
    )
    return lambda: (
        rds.delete_db_proxy(DBProxyName="planned"),
        cloud.client("iam").delete_role(RoleName="planned-proxy"),
    )


def _secret(cloud: Cloud) -> Callable[[], Any]:
    secrets = cloud.client("secretsmanager")
    secrets.create_secret(Name="planned/writer", SecretString="x")
    secrets.delete_secret(SecretId="planned/writer")
    return lambda: secrets.delete_secret(SecretId="planned/writer", ForceDeleteWithoutRecovery=True)


def _topic(cloud: Cloud) -> Callable[[], Any]:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="planned")["TopicArn"]
    return lambda: sns.delete_topic(TopicArn=topic)


def _alarm(cloud: Cloud) -> Callable[[], Any]:
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="planned",
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
    )
    return lambda: cloudwatch.delete_alarms(AlarmNames=["planned"])


LEFT_OVER = [
    (_log_group, "AWS::Logs::LogGroup", {"LogGroupName": LOG_GROUP}, "log group", "aws logs delete-log-group"),
    (_cluster, "AWS::RDS::DBCluster", {"DBClusterIdentifier": "Planned"}, "cluster", "aws rds delete-db-cluster"),
    (_instance, "AWS::RDS::DBInstance", {"DBInstanceIdentifier": "planned"}, "instance", "aws rds delete-db-instance"),
    (_proxy, "AWS::RDS::DBProxy", {"DBProxyName": "Planned"}, "proxy", "aws rds delete-db-proxy"),
    (_secret, "AWS::SecretsManager::Secret", {"Name": "planned/writer"}, "secret", "aws secretsmanager restore-secret"),
    (_topic, "AWS::SNS::Topic", {"TopicName": "planned"}, "topic", "aws sns delete-topic"),
    (_alarm, "AWS::CloudWatch::Alarm", {"AlarmName": "planned"}, "alarm", "aws cloudwatch delete-alarms"),
]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("plant", "kind", "properties", "what", "command"), LEFT_OVER, ids=[each[3] for each in LEFT_OVER]
)
def test_something_of_a_fixed_name_that_exists_already(
    cloud: Cloud,
    looking: Looking,
    plant: Callable[[Cloud], Callable[[], Any]],
    kind: str,
    properties: dict[str, str],
    what: str,
    command: str,
) -> None:
    resources = {"It": resource(kind, **properties)}
    assert evidence(looking, "names in use", resources) == []
    mend = plant(cloud)
    (problem,) = looking.at(resources)["names in use"]
    mend()
    assert problem.evidence.startswith(f"{what} {next(iter(properties.values()))} ")
    assert any(command in remedy for remedy in problem.remedies)
    assert evidence(looking, "names in use", resources) == []


@pytest.mark.usefixtures("ready")
def test_what_the_stack_itself_has_made_is_in_nobodys_way(cloud: Cloud, looking: Looking) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=TOPIC)
    own = {"Topic": resource("AWS::SNS::Topic", TopicName="planned")}
    renamed = {"Renamed": own["Topic"]}
    try:
        assert evidence(looking, "names in use", own) == []
        assert len(evidence(looking, "names in use", renamed)) == 1
    finally:
        cloudformation.delete_stack(StackName=STACK)


@pytest.mark.usefixtures("ready")
def test_a_version_that_is_not_offered(looking: Looking) -> None:
    (problem,) = evidence(looking, "engine and classes", aurora("17.8"))
    assert problem.endswith("doesn't offer aurora-postgresql 17.8; nearest: 17.6, 17.7, 17.9")
    assert evidence(looking, "engine and classes", aurora("17.9")) == []


@pytest.mark.usefixtures("ready")
def test_zones_that_are_not_there_and_zones_without_rds_proxy(cloud: Cloud, looking: Looking) -> None:
    def planned(*letters: str) -> Resources:
        zones = {
            f"In{letter}": resource("AWS::EC2::Subnet", AvailabilityZone=cloud.region + letter) for letter in letters
        }
        return {**zones, "Proxy": resource("AWS::RDS::DBProxy")}

    (missing,) = evidence(looking, "zones", planned("a", "b", "f"))
    assert missing.startswith("us-east-1f is not a zone of this account; allowed: us-east-1a, us-east-1b, us-east-1c")
    (without,) = evidence(looking, "zones", planned("a", "c"))
    assert without.startswith("RDS Proxy isn't available in us-east-1c (use1-az3)")
    assert evidence(looking, "zones", planned("a", "b", "c")) == []


@pytest.mark.usefixtures("ready")
def test_concurrency_that_others_have_reserved(cloud: Cloud, looking: Looking) -> None:
    functions = cloud.client("lambda")
    limit = functions.get_account_settings()["AccountLimit"]
    create_function(cloud, "greedy", create_role(cloud, "greedy", "lambda.amazonaws.com"), "")
    try:
        ours = {"Writer": resource("AWS::Lambda::Function", ReservedConcurrentExecutions=10)}
        most = limit["UnreservedConcurrentExecutions"] - 110
        functions.put_function_concurrency(FunctionName="greedy", ReservedConcurrentExecutions=most + 1)
        (problem,) = evidence(looking, "Lambda concurrency", ours)
        assert f"{limit['ConcurrentExecutions'] + 1} are needed: 10 reserved by these stacks" in problem
        functions.put_function_concurrency(FunctionName="greedy", ReservedConcurrentExecutions=most)
        assert evidence(looking, "Lambda concurrency", ours) == []
    finally:
        functions.delete_function(FunctionName="greedy")
        cloud.client("iam").delete_role(RoleName="greedy")


@pytest.mark.usefixtures("ready")
def test_all_faults_are_named_at_once(cloud: Cloud, looking: Looking) -> None:
    cloud.client("ssm").delete_parameter(Name=PARAMETER)
    mend = _log_group(cloud)
    try:
        logs = {"Logs": resource("AWS::Logs::LogGroup", LogGroupName=LOG_GROUP)}
        found = looking.at(
            {**aurora("17.8"), **logs, "In": resource("AWS::EC2::Subnet", AvailabilityZone="us-east-1f")}
        )
        assert {name for name, problems in found.items() if problems} == {
            "CDK bootstrap",
            "names in use",
            "engine and classes",
            "zones",
        }
    finally:
        mend()
        cloud.client("ssm").put_parameter(Name=PARAMETER, Value="30", Type="String")
