"""The tiers of the network. checks/ has what holds for every network, test_reachability who reaches whom."""

from tests.infrastructure.support import Synthesis


def test_each_tier_has_a_subnet_in_each_zone_of_the_environment(every: Synthesis) -> None:
    zones = [subnet["Properties"]["AvailabilityZone"] for subnet in every.templates.of_type("AWS::EC2::Subnet")]
    assert sorted(zones) == sorted(2 * every.environment.network.availability_zones)


def test_the_logs_key_is_for_cloudwatch_logs_of_the_region_and_for_log_groups_of_the_account(every: Synthesis) -> None:
    """CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using KMS": the principal is the region's."""
    _, logs = every.templates.props("network/LogsKey")["KeyPolicy"]["Statement"]
    region = every.environment.region
    assert logs["Principal"] == {"Service": f"logs.{region}.amazonaws.com"}
    assert every.templates.text("network", logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]) == (
        f"arn:aws:logs:{region}:ACCOUNT:log-group:*"
    )
