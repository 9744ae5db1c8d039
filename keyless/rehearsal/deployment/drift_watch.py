"""The deployed drift watch: calls it as its schedule does, and receives what arrives at the event bus and the topic.

A queue of the rehearsal's own is subscribed to both, and is deleted afterwards.
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
        Schedule(t["Arn"], t["Input"]) for t in targets if "Input" in t and _looks_at(json.loads(t["Input"]), database)
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} enabled schedules look at database {database!r}; there should be one")
    return found[0]


def _looks_at(event: Mapping[str, Any], database: str) -> bool:
    """Alone, or with all others of its server. Not so the schedule that ends memberships, which are the cluster's."""
    looked_at = (event.get("Database"), *event.get("Databases", ()))
    return database in looked_at and "EndExpired" not in event


@dataclass
class Received:
    """What came of one call."""

    record: Mapping[str, Any] | None = None
    """Lambda's, on the event bus; None when none came."""
    notices: list[str] = field(default_factory=list)
    """The topic's messages."""


class DriftWatch:
    """Call it in a `with` block, after which the queue is deleted."""

    def __init__(self, cloud: Cloud, schedule: Schedule, topic: str) -> None:
        self._cloud, self._schedule, self._topic, self._stack = cloud, schedule, topic, ExitStack()
        self._lambda, self._queues = cloud.client("lambda"), cloud.client("sqs")

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            name = f"rehearsal-{uuid.uuid4().hex[:8]}"
            self._queue = self._create_queue(name, stack)
            found = self._queues.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
            arn = found["Attributes"]["QueueArn"]
            self._subscribe_to_topic(arn, stack)
            self._subscribe_to_bus(name, arn, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def call(self) -> Received:
        """Call it as the schedule does, and wait for Lambda's record."""
        self._lambda.invoke(
            FunctionName=self._schedule.function, InvocationType="Event", Payload=self._schedule.event.encode()
        )
        received, deadline = Received(), time.monotonic() + _SECONDS
        while received.record is None and time.monotonic() < deadline:
            for body in self._messages():
                if "detail-type" in body:
                    received.record = body["detail"]
                else:
                    received.notices.append(body["Message"])
        return received

    def _messages(self) -> Iterator[dict[str, Any]]:
        """In their order. The queue's rule is the bus's last one, so the notices of a record arrive before it."""
        found = self._queues.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in found.get("Messages", ()):
            self._queues.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])

    def _create_queue(self, name: str, stack: ExitStack) -> str:
        services = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
        statement = {"Effect": "Allow", "Principal": services, "Action": "sqs:SendMessage", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
        url = self._queues.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
        stack.callback(self._queues.delete_queue, QueueUrl=url)
        return str(url)

    def _subscribe_to_topic(self, queue: str, stack: ExitStack) -> None:
        topics = self._cloud.client("sns")
        subscription = topics.subscribe(
            TopicArn=self._topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        stack.callback(topics.unsubscribe, SubscriptionArn=subscription)

    def _subscribe_to_bus(self, name: str, queue: str, stack: ExitStack) -> None:
        events = self._cloud.client("events")
        events.put_rule(Name=name, EventPattern=json.dumps({"source": ["lambda"]}))
        stack.callback(events.delete_rule, Name=name)
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue}])
        stack.callback(events.remove_targets, Rule=name, Ids=["queue"])
