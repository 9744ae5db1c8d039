"""What the emulator can't be made to say, by answers that botocore's models of AWS accept."""

import pytest

from keyless.preflight.checks.bootstrap import bootstrap
from keyless.preflight.checks.concurrency import concurrency
from keyless.preflight.checks.engines import engines
from keyless.preflight.checks.leftovers.check import leftovers
from keyless.preflight.checks.quotas import quotas
from keyless.preflight.checks.stacks import stacks
from keyless.preflight.checks.zones import zones
from keyless.preflight.finding import Problem, Verdict
from keyless.preflight.look import Check
from keyless.preflight.planned.stack import Bootstrap
from tests.planned import PARAMETER, Resources, resource, target
from tests.unit.keyless_preflight.answered import REGION, Answered

FUNCTION, PROXY, VPC = "AWS::Lambda::Function", "AWS::RDS::DBProxy", resource("AWS::EC2::VPC")


def cluster(version: str, instance_class: str) -> Resources:
    return {
        "Cluster": resource("AWS::RDS::DBCluster", Engine="aurora-postgresql", EngineVersion=version),
        "Member": resource(
            "AWS::RDS::DBInstance",
            Engine="aurora-postgresql",
            DBClusterIdentifier={"Ref": "Cluster"},
            DBInstanceClass=instance_class,
        ),
    }


def subnets(*zones: str) -> Resources:
    return {f"Subnet{zone}": resource("AWS::EC2::Subnet", AvailabilityZone=zone) for zone in zones}


def found(check: Check, answers: str, resources: Resources) -> list[Problem]:
    answered = Answered(answers)
    problems = list(check(target(REGION, resources), answered.account()))
    answered.assert_all_were_asked()
    return problems


def test_a_new_accounts_quota_of_ten_is_named_with_the_sum_and_what_asks_for_more() -> None:
    resources = {name: resource(FUNCTION, ReservedConcurrentExecutions=2) for name in ("Bootstrap", "Watch")}
    (problem,) = found(concurrency, "new_account", resources)
    assert "is 10 concurrent executions; 104 are needed: 4 reserved by these stacks, 0 by other" in problem.evidence
    assert problem.remedies[0] == (
        "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 "
        f"--desired-value 104 --region {REGION}"
    )


@pytest.mark.parametrize(("reserves", "fails"), [(50, False), (100, False), (101, True)])
def test_what_our_functions_have_reserved_already_is_not_counted_twice(reserves: int, fails: bool) -> None:
    resources = {"Writer": resource(FUNCTION, ReservedConcurrentExecutions=reserves)}
    assert bool(found(concurrency, "deployed_before", resources)) is fails


def test_a_reservation_that_only_the_deploy_knows_is_unknown() -> None:
    resources = {"Writer": resource(FUNCTION, ReservedConcurrentExecutions={"Ref": "Most"})}
    (problem,) = concurrency(target(REGION, resources), Answered("new_account").account())
    assert (problem.verdict, "Writer" in problem.evidence) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize("answer", ["class_not_offered", "class_refused"])
def test_a_class_that_is_not_offered_is_named_with_the_nearest(answer: str) -> None:
    (problem,) = found(engines, answer, cluster("17.9", "db.r9g.large"))
    assert "db.r9g.large for aurora-postgresql 17.9; nearest: " in problem.evidence
    assert {"db.r8g.large", "db.r7g.large"} <= set(problem.evidence.split("nearest: ")[1].split(", "))


def test_a_version_that_is_not_offered_is_named_with_the_nearest() -> None:
    (problem,) = found(engines, "version_not_offered", cluster("17.8", "db.serverless"))
    assert problem.evidence.endswith("doesn't offer aurora-postgresql 17.8; nearest: 17.7, 17.9, 17.10")


def test_a_version_that_runs_already_is_not_ordered_again() -> None:
    assert found(engines, "runs_an_old_version", cluster("17.8", "db.serverless")) == []


def test_a_zone_of_another_account_is_named_with_those_that_there_are() -> None:
    (problem,) = found(zones, "zones", subnets("us-east-1a", "us-east-1f"))
    assert problem.evidence.startswith("us-east-1f is not a zone of this account; allowed: us-east-1a, us-east-1b, us-")


def test_a_zone_that_is_not_available_is_none() -> None:
    (problem,) = found(zones, "impaired_zone", subnets("us-east-1a", "us-east-1b"))
    assert problem.evidence == "us-east-1b is not a zone of this account; allowed: us-east-1a"


@pytest.mark.parametrize(("extra", "fails"), [((), True), (("us-east-1b",), False)])
def test_a_proxy_needs_two_zones_that_it_works_in(extra: tuple[str, ...], fails: bool) -> None:
    resources = {**subnets("us-east-1a", "us-east-1e", *extra), "Proxy": resource(PROXY)}
    problems = found(zones, "zones", resources)
    assert ["RDS Proxy isn't available in us-east-1e (use1-az3)" in problem.evidence for problem in problems] == (
        [True] if fails else []
    )


def test_a_proxy_in_subnets_that_exist_already_needs_them_too() -> None:
    resources = {"Proxy": resource(PROXY, VpcSubnetIds=["subnet-0000000a", "subnet-0000000b"])}
    (problem,) = found(zones, "existing_subnets", resources)
    assert "us-east-1e (use1-az3)" in problem.evidence


def test_every_full_quota_is_named_with_what_asks_for_more() -> None:
    problems = found(quotas, "full", {"Vpc": VPC, "Proxy": resource(PROXY)})
    assert [problem.evidence for problem in problems] == [
        f"{REGION} has 5 of at most 5 VPCs, and the stacks add 1",
        f"{REGION} has 20 of at most 20 RDS proxies, and the stacks add 1",
    ]
    assert "--service-code vpc --quota-code L-F678F1CE --desired-value 6" in problems[0].remedies[0]


def test_a_quota_that_was_raised_counts_instead_of_the_default() -> None:
    assert found(quotas, "raised", {"Vpc": VPC}) == []


def test_a_quota_that_service_quotas_does_not_know_is_unknown() -> None:
    (problem,) = found(quotas, "unknown_quota", {"Vpc": VPC})
    assert (problem.verdict, "VPCs" in problem.evidence) == (Verdict.UNKNOWN, True)


def test_a_secret_that_waits_for_its_deletion_holds_its_name() -> None:
    resources = {"Secret": resource("AWS::SecretsManager::Secret", Name="planned/writer")}
    (problem,) = found(leftovers, "secret_to_be_deleted", resources)
    assert problem.evidence.startswith("secret planned/writer is scheduled for deletion")
    assert any(remedy.startswith("aws secretsmanager restore-secret") for remedy in problem.remedies)


def test_a_name_that_only_begins_alike_is_in_nobodys_way() -> None:
    resources = {
        "Secret": resource("AWS::SecretsManager::Secret", Name="planned"),
        "Logs": resource("AWS::Logs::LogGroup", LogGroupName="/planned"),
    }
    assert found(leftovers, "similar_names", resources) == []


def test_a_stack_that_is_being_changed_has_to_be_waited_for() -> None:
    (problem,) = found(stacks, "busy_stack", {})
    assert problem.evidence == "KeylessAurora-dev-network is UPDATE_IN_PROGRESS: something else is changing it"
    assert "delete" not in "".join(problem.remedies)


@pytest.mark.parametrize("versions", [(6, 21), (21, 6)])
def test_the_highest_version_of_the_bootstrap_that_is_asked_for_counts(versions: tuple[int, ...]) -> None:
    needed = tuple(Bootstrap(PARAMETER, version) for version in versions)
    (problem,) = bootstrap(target(REGION, {}, bootstrap=needed), Answered("old_bootstrap").account())
    assert problem.evidence == f"{PARAMETER} says version 20; the stacks need 21"
