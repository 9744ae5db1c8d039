"""A small app with every type that ministack lacks, and a custom resource behind the provider framework.

Context: `fail` makes the handler raise that text; `port` changes a security group rule and the proxy's idle timeout.
"""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import custom_resources as cr

HANDLER = """
import boto3, os
def handler(event, context):
    if event["RequestType"] != "Delete" and event["ResourceProperties"].get("fail"):
        raise RuntimeError(event["ResourceProperties"]["fail"])
    names = ("PGHOST", "PGHOSTADDR", "PGSSLROOTCERT", "HOME", "KEYLESS_LEAK")
    found = {name: os.environ.get(name, "-") for name in names}
    return {"PhysicalResourceId": "stable", "Data": {"who": boto3.client("sts").get_caller_identity()["Arn"], **found}}
"""


class Network(cdk.Stack):
    """A VPC without a way out, two chained security groups, a flow log."""

    @property
    def availability_zones(self) -> list[str]:
        return ["us-east-1a", "us-east-1b"]

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Sample-network")
        isolated = ec2.SubnetConfiguration(name="isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            nat_gateways=0,
            create_internet_gateway=False,
            subnet_configuration=[isolated],
            max_azs=2,
            restrict_default_security_group=False,
        )
        self.vpc.add_flow_log(
            "Flow", destination=ec2.FlowLogDestination.to_cloud_watch_logs(logs.LogGroup(self, "FlowLogs"))
        )
        self.proxy_group = ec2.SecurityGroup(self, "ProxyGroup", vpc=self.vpc, allow_all_outbound=False)
        self.cluster_group = ec2.SecurityGroup(self, "ClusterGroup", vpc=self.vpc, allow_all_outbound=False)
        port = ec2.Port.tcp(int(self.node.try_get_context("port") or 5432))
        self.cluster_group.connections.allow_from(self.proxy_group, port, "proxy to cluster")


class Database(cdk.Stack):
    """An Aurora cluster with an IAM master, behind an IAM-only proxy whose role may connect as `writer`."""

    def __init__(self, app: cdk.App, network: Network) -> None:
        super().__init__(app, "Sample-database")
        subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_17_4),
            vpc=network.vpc,
            vpc_subnets=subnets,
            iam_authentication=True,
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            security_groups=[self._frozen("ClusterGroup", network.cluster_group)],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "ProxyRole", assumed_by=iam.ServicePrincipal("rds.amazonaws.com"))
        self.cluster.grant_connect(self.role, "writer")
        timeout = 600 if self.node.try_get_context("port") else 1200
        self.proxy = rds.DatabaseProxy(
            self,
            "Proxy",
            proxy_target=rds.ProxyTarget.from_cluster(self.cluster),
            vpc=network.vpc,
            vpc_subnets=subnets,
            security_groups=[self._frozen("ProxyGroup", network.proxy_group)],
            default_auth_scheme=rds.DefaultAuthScheme.IAM_AUTH,
            require_tls=True,
            role=self.role,
            idle_client_timeout=cdk.Duration.seconds(timeout),
            db_proxy_name="sample",
        )
        for name, value in {
            "Cluster": self.cluster.cluster_resource_identifier,
            "ProxyRole": self.role.role_arn,
            "ProxyArn": self.proxy.db_proxy_arn,
            "Endpoint": self.proxy.endpoint,
        }.items():
            cdk.CfnOutput(self, name + "Out", value=value)

    def _frozen(self, name: str, group: ec2.SecurityGroup) -> ec2.ISecurityGroup:
        return ec2.SecurityGroup.from_security_group_id(self, name, group.security_group_id, mutable=False)


class Access(cdk.Stack):
    """A function that may connect to the proxy as `writer`, called as a custom resource; it reports what it saw."""

    def __init__(self, app: cdk.App, database: Database) -> None:
        super().__init__(app, "Sample-access")
        handler = lambda_.Function(
            self,
            "Handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(HANDLER),
            environment={"PGHOST": database.proxy.endpoint},
            timeout=cdk.Duration.seconds(20),
        )
        assert handler.role
        database.proxy.grant_connect(handler.role, "writer")
        provider = cr.Provider(self, "Provider", on_event_handler=handler)
        fail = self.node.try_get_context("fail") or ""
        resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=provider.service_token,
            resource_type="Custom::Sample",
            properties={"fail": fail},
            service_timeout=cdk.Duration.seconds(60),
        )
        for name in ("who", "PGHOST", "PGHOSTADDR", "PGSSLROOTCERT", "HOME", "KEYLESS_LEAK"):
            cdk.CfnOutput(self, name.replace("_", "") + "Out", value=resource.get_att_string(name))
        cdk.CfnOutput(self, "RoleOut", value=handler.role.role_arn)


app = cdk.App(context={"@aws-cdk/core:defaultCrossStackReferences": "strong"})
network = Network(app)
database = Database(app, network)
Access(app, database)
app.synth()
