"""Where a load balancer writes who asked for what."""

from typing import Final

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from keyless_aurora.acknowledge import NAG, NIST, acknowledge
from keyless_aurora.settings.logs import LogRetention

_DELIVERY: Final = "logdelivery.elasticloadbalancing.amazonaws.com"
"""In every region: Application Load Balancers, "Enable access logs", to which the regions' accounts are legacy."""
_A_LOG: Final = (
    "It is a log itself: a log of who reads it would need a bucket with the same finding. Who changes it is in "
    "CloudTrail."
)
_REASONS: Final = {
    NAG + "S1": _A_LOG,
    NIST + "S3BucketLoggingEnabled": _A_LOG,
    NIST + "S3BucketReplicationEnabled": "A request's line is there for the days that logs are kept; no request is "
    "answered from it, so that losing a region loses nothing that is needed elsewhere.",
    NIST + "S3DefaultEncryptionKMS": "Load balancers write to buckets with S3's own keys only (Application Load "
    'Balancers, "Enable access logs").',
}


class AccessLog(Construct):
    """A bucket that load balancers of this account write to, and nobody else.

    It outlives its stack, because CloudFormation deletes no bucket with something in it; what is in it goes when the
    days of the logs are over.
    """

    def __init__(self, scope: Construct, id: str, *, retention: LogRetention) -> None:
        super().__init__(scope, id)
        kept = Duration.days(retention.days)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=kept, noncurrent_version_expiration=Duration.days(1))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(_DELIVERY)],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"AWSLogs/{Stack.of(self).account}/*")],
            )
        )
        for finding, reason in _REASONS.items():
            acknowledge(self.bucket, finding, reason)

    def of(self, balancer: elbv2.ApplicationLoadBalancer) -> None:
        """Write all of its requests here. It is refused unless it may write by then."""
        balancer.set_attribute("access_logs.s3.enabled", "true")
        balancer.set_attribute("access_logs.s3.bucket", self.bucket.bucket_name)
        balancer.node.add_dependency(self.bucket)
