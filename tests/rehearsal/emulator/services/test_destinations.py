"""After an asynchronous call Lambda puts a record on the event bus with the function's rights, and EventBridge
publishes by the topic's policies."""

import json
import secrets as tokens
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.functions import allow, create_function, create_role

BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default"
CODE = """
import time
def handler(event, context):
    time.sleep(event.get("seconds", 0))
    if event.get("fails"):
        raise RuntimeError("it fails")
    return {"said": event["say"]}
"""
RIGHT = {"Action": "events:PutEvents", "Resource": BUS}


@dataclass
class Called:
    """A function with the bus as its destination, and a queue that hears what it is sent."""

    cloud: Cloud
    name: str
    queue: str
    queue_arn: str

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.name}"

    def tells(self, **config: Any) -> None:
        destinations = {"OnSuccess": {"Destination": BUS}, "OnFailure": {"Destination": BUS}}
        settings = {"DestinationConfig": destinations, **config}
        self.cloud.client("lambda").put_function_event_invoke_config(
            FunctionName=self.name, Qualifier="$LATEST", **settings
        )

    def call(self, *, kind: str = "Event", **event: Any) -> None:
        self.cloud.client("lambda").invoke(
            FunctionName=self.name, InvocationType=kind, Payload=json.dumps(event).encode()
        )

    def heard(self, seconds: float = 15.0) -> Any:
        """The next message, None when there is none in time."""
        queues, deadline = self.cloud.client("sqs"), time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in queues.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1).get("Messages", ()):
                queues.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(message["Body"])
        return None


@pytest.fixture
def called(cloud: Cloud) -> Iterator[Called]:
    name, events, queues = f"told-{tokens.token_hex(4)}", cloud.client("events"), cloud.client("sqs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    queue = queues.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = Called(cloud, name, queue, arn)
    create_function(cloud, name, create_role(cloud, name, "lambda.amazonaws.com", **RIGHT), CODE)
    events.put_rule(
        Name=name, EventPattern=json.dumps({"detail": {"requestContext": {"functionArn": [f"{made.arn}:$LATEST"]}}})
    )
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    yield made
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)
    queues.delete_queue(QueueUrl=queue)


def test_a_success_is_told_as_lambda_tells_it(called: Called) -> None:
    called.tells()
    called.call(say="hello")
    event = called.heard()
    assert (event["source"], event["detail-type"]) == ("lambda", "Lambda Function Invocation Result - Success")
    assert event["resources"] == [f"{called.arn}:$LATEST", BUS]
    record = event["detail"]
    assert record.pop("timestamp").endswith("Z")
    assert record["requestContext"].pop("requestId")
    assert record == {
        "version": "1.0",
        "requestContext": {"functionArn": f"{called.arn}:$LATEST", "condition": "Success", "approximateInvokeCount": 1},
        "requestPayload": {"say": "hello"},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"said": "hello"},
    }


@pytest.mark.parametrize(("settings", "count"), [({}, 3), ({"MaximumRetryAttempts": 0}, 1)])
def test_a_failure_is_told_when_lambda_gives_up(called: Called, settings: dict[str, int], count: int) -> None:
    called.tells(**settings)
    called.call(fails=True)
    event = called.heard()
    assert event["detail-type"] == "Lambda Function Invocation Result - Failure"
    context = event["detail"]["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", count)
    assert event["detail"]["responseContext"]["functionError"] == "Unhandled"
    assert event["detail"]["responsePayload"]["errorMessage"] == "it fails"


def test_a_throttled_call_waits_and_is_no_attempt(called: Called) -> None:
    called.cloud.client("lambda").put_function_concurrency(FunctionName=called.name, ReservedConcurrentExecutions=1)
    called.tells()
    for word in ("one", "two"):
        called.call(say=word, seconds=2)
    told = [called.heard()["detail"] for _ in range(2)]
    assert {record["requestPayload"]["say"] for record in told} == {"one", "two"}
    assert [record["requestContext"]["approximateInvokeCount"] for record in told] == [1, 1]


def test_a_call_that_is_waited_for_is_not_told(called: Called) -> None:
    called.tells()
    called.call(kind="RequestResponse", say="first")
    called.call(say="second")
    assert called.heard()["detail"]["requestPayload"] == {"say": "second"}


def test_only_the_functions_own_right_lets_lambda_tell(called: Called) -> None:
    called.tells()
    allow(called.cloud, called.name, {**RIGHT, "Resource": f"{BUS}-of-others"})
    called.call(say="unheard")
    assert called.heard(3) is None
    assert "not authorized to perform: events:PutEvents" in called.cloud.log_tail()
    allow(called.cloud, called.name, RIGHT)
    called.call(say="heard")
    assert called.heard()["detail"]["requestPayload"] == {"say": "heard"}


def test_a_failure_still_goes_to_a_queue_that_is_its_destination(called: Called) -> None:
    called.tells(DestinationConfig={"OnFailure": {"Destination": called.queue_arn}}, MaximumRetryAttempts=0)
    called.call(fails=True)
    assert called.heard()["responsePayload"]["errorMessage"] == "it fails"


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
        return self.called.heard(seconds)


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
