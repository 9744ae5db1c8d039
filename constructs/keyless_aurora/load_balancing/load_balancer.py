"""An Application Load Balancer: the one way in from outside, to one service or group of servers."""

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from keyless_aurora.acknowledge import NAG, NIST, acknowledge
from keyless_aurora.containers.service import VpcService
from keyless_aurora.load_balancing import refusals
from keyless_aurora.load_balancing.access_log import AccessLog
from keyless_aurora.load_balancing.firewall import guard
from keyless_aurora.load_balancing.listeners import listen, target_group
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import HTTP_PORT, HTTPS_PORT, ClosedSecurityGroup, open_path
from keyless_aurora.network.vpc import Network
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.settings.error import UnfitError

_ANYWHERE = "0.0.0.0/0"


class LoadBalancer(Construct):
    """Takes HTTPS from the address ranges that `network.load_balancer` names, and hands it to `target` alone.

    TLS 1.3 and 1.2, with a certificate of yours; HTTP is sent on to HTTPS. It stands in subnets of its own, with a
    public address only where they are `internet_facing`. Every request is logged, in a bucket that is kept as `logs`
    are. `target` takes connections from nobody else.

    Args:
        certificate_arn: of ACM, in the load balancer's region, for the name that people use.
        health_path: asked for with GET; a target gets requests when it answers 200.
        encrypted: whether the target speaks TLS. The load balancer takes any certificate of it.
        web_acl_arn: of a regional web ACL of WAF that exists.
        managed_rules: a web ACL with AWS's rules instead.
        deletion_protection: None: as the stack has termination protection.

    Raises:
        UnfitError: with everything that it can't be made with.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        target: VpcService | VpcServers,
        certificate_arn: str,
        logs: LogGroups,
        description: str,
        health_path: str = "/health",
        encrypted: bool = False,
        web_acl_arn: str | None = None,
        managed_rules: bool = False,
        deletion_protection: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        wrong = refusals.problems(
            self,
            target,
            network,
            certificate_arn=certificate_arn,
            web_acl_arn=web_acl_arn,
            managed_rules=managed_rules,
        )
        if problems := [*wrong]:
            raise UnfitError("LoadBalancer", problems, at=self.node.path)
        protected = Stack.of(self).termination_protection if deletion_protection is None else deletion_protection
        self.security_group = self._group(network, description)
        self.access_log = AccessLog(self, "AccessLog", retention=logs.retention)
        self.load_balancer = self._balancer(network, protected=bool(protected))
        self.access_log.of(self.load_balancer)
        guard(self, self.load_balancer, web_acl_arn=web_acl_arn, managed_rules=managed_rules)
        targets = target_group(self, network, target, health_path, encrypted=encrypted)
        target.serve(self.load_balancer, targets)
        listen(self.load_balancer, targets, certificate_arn)
        self._open(target)

    def _group(self, network: Network, description: str) -> ClosedSecurityGroup:
        group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description=description)
        tier = network.settings.load_balancer
        for number, cidr in enumerate(tier.allowed_cidrs if tier else (), start=1):
            for port in (HTTPS_PORT, HTTP_PORT):
                self._let_in(group, f"From{number}On{port}", cidr, port)
        return group

    def _let_in(self, group: ClosedSecurityGroup, id: str, cidr: str, port: int) -> None:
        rule = ec2.CfnSecurityGroupIngress(
            self,
            id,
            group_id=group.group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ip=cidr,
            description=f"{cidr} to {self.node.id}",
        )
        if cidr == _ANYWHERE:
            acknowledge(
                rule,
                NAG + "EC23",
                "Everybody may come: whoever made the environment wrote 0.0.0.0/0 in network.load_balancer. Port 80 "
                "only sends on to 443.",
            )

    def _balancer(self, network: Network, *, protected: bool) -> elbv2.ApplicationLoadBalancer:
        tier = network.settings.load_balancer
        found = elbv2.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=network.vpc,
            vpc_subnets=network.load_balancer_subnets,
            internet_facing=bool(tier and tier.internet_facing),
            security_group=self.security_group.group,
            deletion_protection=protected,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.STRICTEST,
        )
        if not protected:
            acknowledge(
                found,
                NIST + "ELBDeletionProtectionEnabled",
                "Its stack may be deleted, too: the environment is not protected. Where the database is protected from "
                "deletion, a gate wants it of load balancers.",
            )
        return found

    def _open(self, target: VpcService | VpcServers) -> None:
        open_path(
            self,
            "ToTargets",
            source=self.security_group,
            target=target.security_group,
            port=target.port or HTTPS_PORT,
            description=f"{self.node.id} to {target.node.id}",
        )
