"""EventBridge publishes to a topic if the policies of the topic and of its key allow it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.emulator.services.called import Called


def policy(action: str, **condition: Any) -> str:
    """Lets EventBridge, and this account's root, by which the test sets it up."""
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": action, "Resource": "*"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": {**statement, **({"Condition": condition} if condition else {})}}
    )


@dataclass
class Published:
    """A topic with a key, as the bus's target, that the queue listens to."""

    called: Called
    topic: str
    key: str

    def allows(self, topic: str, key: str) -> None:
        cloud = self.called.cloud
        cloud.client("sns").set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=topic)
        cloud.client("kms").put_key_policy(KeyId=self.key, PolicyName="default", Policy=key)

    def message(self, seconds: float = 15.0) -> Any:
        events = self.called.cloud.client("events")
        events.put_events(Entries=[{"Source": self.called.name, "DetailType": "test", "Detail": "{}"}])
        return self.called.next_message(seconds)


PUBLISH, USE = policy("sns:Publish"), policy("kms:*")


@pytest.fixture
def published(called: Called) -> Iterator[Published]:
    events, topics, name = called.cloud.client("events"), called.cloud.client("sns"), called.name
    key = called.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    topic = topics.create_topic(Name=name, Attributes={"KmsMasterKeyId": key})["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=called.queue_arn)
    events.put_rule(Name=f"{name}-topic", EventPattern=json.dumps({"source": [name]}))
    events.put_targets(Rule=f"{name}-topic", Targets=[{"Id": "topic", "Arn": topic}])
    yield Published(called, topic, key)
    events.remove_targets(Rule=f"{name}-topic", Ids=["topic"])
    events.delete_rule(Name=f"{name}-topic")
    topics.delete_topic(TopicArn=topic)


def test_eventbridge_publishes_when_topic_and_key_let_it(published: Published) -> None:
    published.allows(PUBLISH, USE)
    assert published.message()["Type"] == "Notification"


def test_a_key_for_this_topic_only_is_enough(published: Published) -> None:
    published.allows(PUBLISH, policy("kms:*", StringEquals={"kms:EncryptionContext:aws:sns:topicArn": published.topic}))
    assert published.message()["Type"] == "Notification"


@pytest.mark.parametrize(
    ("topic", "key"),
    [
        (policy("sns:Subscribe"), USE),
        (policy("sns:Publish", StringEquals={"aws:SourceAccount": "000000000000"}), USE),
        (PUBLISH, policy("kms:Decrypt")),
        (PUBLISH, policy("kms:GenerateDataKey")),
        (
            PUBLISH,
            policy(
                "kms:*",
                StringEquals={"kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:us-east-1:000000000000:another"},
            ),
        ),
        (PUBLISH, policy("kms:*", StringEquals={"aws:SourceAccount": "000000000000"})),
    ],
)
def test_eventbridge_does_not_publish_when_one_of_them_does_not_let_it(
    published: Published, topic: str, key: str
) -> None:
    published.allows(topic, key)
    assert published.message(1) is None


def test_a_key_that_is_disabled_lets_nobody(published: Published) -> None:
    published.allows(PUBLISH, USE)
    published.called.cloud.client("kms").disable_key(KeyId=published.key)
    assert published.message(1) is None
