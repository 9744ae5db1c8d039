"""Let a function go beyond the database: to S3 through the gateway endpoint, or to the internet through NAT. HTTPS
only."""

from typing import Any

from aws_cdk import aws_ec2 as ec2

from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.network.security_group import HTTPS_PORT
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.egress import Egress


def open_egress(function: VpcFunction, network: Network, egress: Egress) -> None:
    """Add the rule of `egress` to the group of `function`. `egress_problem` says beforehand whether the network has
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
        function,
        "Egress",
        group_id=function.security_group.group_id,
        ip_protocol="tcp",
        from_port=HTTPS_PORT,
        to_port=HTTPS_PORT,
        description=f"{function.node.id} to {egress}",
        **target,
    )
