"""How a load balancer listens, and what it hands requests to."""

from aws_cdk import Duration
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from keyless_aurora.acknowledge import NIST, acknowledge
from keyless_aurora.containers.service import VpcService
from keyless_aurora.network.security_group import HTTP_PORT, HTTPS_PORT
from keyless_aurora.network.vpc import Network
from keyless_aurora.servers.servers import VpcServers


def target_group(
    scope: Construct, network: Network, target: VpcService | VpcServers, health_path: str, *, encrypted: bool
) -> elbv2.ApplicationTargetGroup:
    """For `target`, on its port; `encrypted`: whether it speaks TLS there."""
    return elbv2.ApplicationTargetGroup(
        scope,
        "Targets",
        vpc=network.vpc,
        port=target.port,
        protocol=elbv2.ApplicationProtocol.HTTPS if encrypted else elbv2.ApplicationProtocol.HTTP,
        target_type=elbv2.TargetType.IP if isinstance(target, VpcService) else elbv2.TargetType.INSTANCE,
        deregistration_delay=Duration.seconds(30),
        health_check=elbv2.HealthCheck(
            path=health_path,
            protocol=elbv2.Protocol.HTTPS if encrypted else elbv2.Protocol.HTTP,
            healthy_http_codes="200",
        ),
    )


def listen(
    balancer: elbv2.ApplicationLoadBalancer, targets: elbv2.ApplicationTargetGroup, certificate_arn: str
) -> None:
    """Take HTTPS for `targets`, by the policy that AWS recommends (Application Load Balancers, "Security policies"),
    and send HTTP on to it."""
    balancer.add_listener(
        "Https",
        port=HTTPS_PORT,
        protocol=elbv2.ApplicationProtocol.HTTPS,
        certificates=[elbv2.ListenerCertificate.from_arn(certificate_arn)],
        ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
        default_action=elbv2.ListenerAction.forward([targets]),
        open=False,
    )
    http = balancer.add_listener(
        "Http",
        port=HTTP_PORT,
        protocol=elbv2.ApplicationProtocol.HTTP,
        default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port=str(HTTPS_PORT), permanent=True),
        open=False,
    )
    acknowledge(
        http,
        NIST + "ELBv2ACMCertificateRequired",
        "Port 80 hands nothing on: it sends whoever comes there on to 443, where the certificate is. A gate holds that "
        "it does nothing else.",
    )
