"""A function with the event bus as its destination, for each test."""

import json
import secrets as tokens
from collections.abc import Iterator

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.functions import create_function, create_role
from tests.rehearsal.emulator.services.called import CODE, RIGHT, Called


@pytest.fixture
def called(cloud: Cloud) -> Iterator[Called]:
    name, events, queues = f"called-{tokens.token_hex(4)}", cloud.client("events"), cloud.client("sqs")
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
