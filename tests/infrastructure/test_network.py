"""The tiers of the network. checks/ has what holds for every network, test_reachability who reaches whom."""

from tests.infrastructure.support import Synthesis


def test_each_tier_has_a_subnet_in_each_zone_of_the_environment(every: Synthesis) -> None:
    zones = [subnet["Properties"]["AvailabilityZone"] for subnet in every.templates.of_type("AWS::EC2::Subnet")]
    assert sorted(zones) == sorted(2 * every.environment.network.availability_zones)
