"""Where alarms and findings go: a topic with a key of its own, which only CloudWatch can publish to, and EventBridge
where there are findings."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

_CLOUDWATCH, _EVENTS = "cloudwatch.amazonaws.com", "events.amazonaws.com"


class Notifications(Construct):
    """`topic` is a view whose policy no other construct can widen.

    CloudWatch may publish for this account's alarms named `{alarm_prefix}…`; EventBridge if there are rules that do
    (`from_rules`). Its statements have no source in
    a condition: it supports none in the policy of a topic, nor in that of an encrypted topic's key (EventBridge User
    Guide, "Using resource-based policies", Amazon SNS permissions; a role instead is advised against there), and such a
    message would be dropped in silence. What that leaves open is that a rule of another account, which knows the
    topic's name, could send it a text. The key is for this topic only.
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, alarm_prefix: str, emails: Sequence[str], from_rules: bool
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._arn = stack.format_arn(service="sns", resource=name)
        alarms = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name=f"{alarm_prefix}*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self._from_alarms = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": alarms}}
        self._publishers = [(_CLOUDWATCH, self._from_alarms), *([(_EVENTS, {})] if from_rules else [])]
        topic = sns.Topic(self, "Topic", topic_name=name, display_name=name, master_key=self._key(), enforce_ssl=True)
        for service, conditions in self._publishers:
            topic.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["sns:Publish"],
                    resources=[topic.topic_arn],
                    conditions=conditions,
                )
            )
        for number, address in enumerate(emails):
            sns.CfnSubscription(self, f"Mail{number}", protocol="email", endpoint=address, topic_arn=topic.topic_arn)
        self.topic = sns.Topic.from_topic_arn(self, "View", topic.topic_arn)

    def _key(self) -> kms.Key:
        """SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"; the topic is SNS's encryption
        context."""
        # Goes with the topic: nothing that it encrypts is kept.
        key = kms.Key(
            self,
            "Key",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
            description="Encrypts notifications",
        )
        this_topic = {"kms:EncryptionContext:aws:sns:topicArn": self._arn}
        for service, conditions in self._publishers:
            equal = {**conditions.get("StringEquals", {}), **this_topic}
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],
                    conditions={**conditions, "StringEquals": equal},
                )
            )
        return key
