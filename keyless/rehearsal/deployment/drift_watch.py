"""The deployed drift watch: called as its schedule calls it, and what then comes to the event bus and to the topic.

A queue of the rehearsal's own listens at both, and goes afterwards.
"""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from keyless.rehearsal.emulator.cloud import Cloud

_SECONDS = 30.0
"""For one call, which usually takes half a second."""


@dataclass(frozen=True)
class Schedule:
    """What EventBridge calls for a database, and with what."""

    function: str
    event: str
    """JSON, as deployed."""


def schedule(events: Any, database: str) -> Schedule:
    """The deployed schedule for `database`. Raises LookupError when there isn't exactly one that is enabled."""
    rules = [rule for page in events.get_paginator("list_rules").paginate() for rule in page["Rules"]]
    enabled = [rule["Name"] for rule in rules if rule.get("ScheduleExpression") and rule["State"] == "ENABLED"]
    targets = [target for name in enabled for target in events.list_targets_by_rule(Rule=name)["Targets"]]
    found = [
        Schedule(t["Arn"], t["Input"])
        for t in targets
        if "Input" in t and json.loads(t["Input"]).get("Database") == database
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} enabled schedules look at database {database!r}; there should be one")
    return found[0]


@dataclass
class Heard:
    """What came of one call."""

    record: Mapping[str, Any] | None = None
    """Lambda's, on the event bus; None when none came."""
    notices: list[str] = field(default_factory=list)
    """The topic's messages."""


class Watch:
    """Call it in a `with` block, which ends the listening."""

    def __init__(self, cloud: Cloud, called: Schedule, topic: str) -> None:
        self._cloud, self._called, self._topic, self._stack = cloud, called, topic, ExitStack()
        self._lambda, self._queues = cloud.client("lambda"), cloud.client("sqs")

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            name = f"rehearsal-{uuid.uuid4().hex[:8]}"
            self._queue = self._listening_queue(name, stack)
            arn = self._queues.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ]
            self._listen_at_the_topic(arn, stack)
            self._listen_at_the_bus(name, arn, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def call(self) -> Heard:
        """Call it as the schedule does, and listen until Lambda's record has come."""
        self._lambda.invoke(
            FunctionName=self._called.function, InvocationType="Event", Payload=self._called.event.encode()
        )
        heard, deadline = Heard(), time.monotonic() + _SECONDS
        while heard.record is None and time.monotonic() < deadline:
            for body in self._messages():
                if "detail-type" in body:
                    heard.record = body["detail"]
                else:
                    heard.notices.append(body["Message"])
        return heard

    def _messages(self) -> Iterator[dict[str, Any]]:
        """In their order. The rule that listens at the bus is the last one, so that notices of a record are there
        before it."""
        found = self._queues.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in found.get("Messages", ()):
            self._queues.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])

    def _listening_queue(self, name: str, stack: ExitStack) -> str:
        services = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
        statement = {"Effect": "Allow", "Principal": services, "Action": "sqs:SendMessage", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
        url = self._queues.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
        stack.callback(self._queues.delete_queue, QueueUrl=url)
        return str(url)

    def _listen_at_the_topic(self, queue: str, stack: ExitStack) -> None:
        topics = self._cloud.client("sns")
        subscription = topics.subscribe(
            TopicArn=self._topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        stack.callback(topics.unsubscribe, SubscriptionArn=subscription)

    def _listen_at_the_bus(self, name: str, queue: str, stack: ExitStack) -> None:
        events = self._cloud.client("events")
        events.put_rule(Name=name, EventPattern=json.dumps({"source": ["lambda"]}))
        stack.callback(events.delete_rule, Name=name)
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue}])
        stack.callback(events.remove_targets, Rule=name, Ids=["queue"])
