"""Let a group go beyond the database: to S3 through the gateway endpoint, or to the internet through NAT. HTTPS
only."""

from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from keyless_aurora.network.security_group import HTTPS_PORT, Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.egress import Egress


def open_egress(scope: Construct, group: Peer, network: Network, egress: Egress) -> None:
    """Add the rule of `egress` to `group`, that of `scope`. `egress_problem` says beforehand whether the network has
    that way."""
    s3 = network.settings.s3
    match egress:
        case Egress.NOWHERE:
            return
        case Egress.S3 if s3:
            target: dict[str, Any] = {"destination_prefix_list_id": s3.prefix_list}
        case _:
            target = {"cidr_ip": "0.0.0.0/0"}
    ec2.CfnSecurityGroupEgress(
        scope,
        "Egress",
        group_id=group.group_id,
        ip_protocol="tcp",
        from_port=HTTPS_PORT,
        to_port=HTTPS_PORT,
        description=f"{scope.node.id} to {egress}",
        **target,
    )
