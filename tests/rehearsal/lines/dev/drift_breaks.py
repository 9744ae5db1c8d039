"""The controls of the drift watch, broken on purpose, and the lines that must turn red."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from keyless.rehearsal.deployment import drift_watch
from keyless.rehearsal.deployment.function import Function
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines import policies
from tests.rehearsal.lines.breaks import Break

UNTOUCHED, GRANTED, NOTIFIED, TAKEN_BACK = (
    "drift watch, nothing changed by hand",
    "drift watch, a right given by hand",
    "its notice arrives at the topic",
    "drift watch, the right taken back",
)
ALL = {UNTOUCHED, GRANTED, NOTIFIED, TAKEN_BACK}


def watch(stage: Stage) -> Function:
    return Function(stage.cloud, stage.deployed.schedule.function)


@contextmanager
def without_the_right_to_put_events(stage: Stage) -> Iterator[None]:
    elsewhere = policies.resources(
        "events:PutEvents", lambda _: "arn:aws:events:eu-west-1:000000000000:event-bus/elsewhere"
    )
    with pytest.MonkeyPatch.context() as patch, policies.changed(stage, watch(stage).role, elsewhere):
        patch.setattr(drift_watch, "_SECONDS", 3.0)
        yield


@contextmanager
def without_a_destination(stage: Stage) -> Iterator[None]:
    functions, name = stage.cloud.client("lambda"), stage.deployed.schedule.function
    old = functions.get_function_event_invoke_config(FunctionName=name, Qualifier="$LATEST")
    functions.put_function_event_invoke_config(FunctionName=name, Qualifier="$LATEST", DestinationConfig={})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drift_watch, "_SECONDS", 3.0)
        yield
    functions.put_function_event_invoke_config(
        FunctionName=name,
        Qualifier="$LATEST",
        **{k: old[k] for k in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")},
    )


def drift_rule(stage: Stage) -> dict[str, Any]:
    """The deployed rule for drift, found by its pattern."""
    rules = stage.cloud.client("events").list_rules()["Rules"]
    (rule,) = [rule for rule in rules if '"drift"' in rule.get("EventPattern", "")]
    return dict(rule)


@contextmanager
def with_the_rule_disabled(stage: Stage) -> Iterator[None]:
    events, name = stage.cloud.client("events"), drift_rule(stage)["Name"]
    events.disable_rule(Name=name)
    yield
    events.enable_rule(Name=name)


def with_pattern(change: Callable[[dict[str, Any]], object]) -> Break:
    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        events, rule = stage.cloud.client("events"), drift_rule(stage)
        pattern = json.loads(rule["EventPattern"])
        change(pattern)
        events.put_rule(Name=rule["Name"], EventPattern=json.dumps(pattern))
        yield
        events.put_rule(Name=rule["Name"], EventPattern=rule["EventPattern"])

    return broken


def for_another_function(pattern: dict[str, Any]) -> None:
    pattern["detail"]["requestContext"]["functionArn"] = ["arn:aws:lambda:eu-west-1:000000000000:function:another"]


def without_a_threshold(pattern: dict[str, Any]) -> None:
    pattern["detail"]["responsePayload"]["drift"] = [{"numeric": [">=", 0]}]


@contextmanager
def with_the_whole_event_as_the_notice(stage: Stage) -> Iterator[None]:
    events, name = stage.cloud.client("events"), drift_rule(stage)["Name"]
    (target,) = events.list_targets_by_rule(Rule=name)["Targets"]
    events.put_targets(Rule=name, Targets=[{"Id": target["Id"], "Arn": target["Arn"]}])
    yield
    events.put_targets(Rule=name, Targets=[target])


def without_eventbridge(policy: str) -> str:
    """The policy without what it allows EventBridge."""
    document = json.loads(policy)
    kept = [s for s in document["Statement"] if "events.amazonaws.com" not in json.dumps(s["Principal"])]
    assert len(kept) < len(document["Statement"])
    return json.dumps({**document, "Statement": kept})


@contextmanager
def with_a_topic_that_does_not_let_eventbridge(stage: Stage) -> Iterator[None]:
    topics, topic = stage.cloud.client("sns"), stage.deployed.topic
    old = topics.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=without_eventbridge(old))
    yield
    topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=old)


@contextmanager
def with_a_key_that_does_not_let_eventbridge(stage: Stage) -> Iterator[None]:
    key = stage.cloud.client("sns").get_topic_attributes(TopicArn=stage.deployed.topic)["Attributes"]["KmsMasterKeyId"]
    keys = stage.cloud.client("kms")
    old = keys.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    keys.put_key_policy(KeyId=key, PolicyName="default", Policy=without_eventbridge(old))
    yield
    keys.put_key_policy(KeyId=key, PolicyName="default", Policy=old)


@contextmanager
def with_a_right_that_was_given_before(stage: Stage) -> Iterator[None]:
    with stage.superuser() as connection:
        connection.execute("GRANT USAGE ON SCHEMA ops TO lambda_writer")
    yield  # the engine takes it back


def kept_out(function: Callable[[Stage], Function]) -> Break:
    """The function may not log in, and gives up soon: waiting for a database that wakes up is not tested here."""

    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        functions, deployed = stage.cloud.client("lambda"), function(stage)
        environment = dict(deployed.environment)
        hurried = {"Variables": {**environment, "CONNECT_SECONDS": "0.5"}}
        functions.update_function_configuration(FunctionName=deployed.name, Environment=hurried)
        with policies.changed(stage, deployed.role, policies.resources("rds-db:connect", lambda _: NOBODY)):
            yield
        functions.update_function_configuration(FunctionName=deployed.name, Environment={"Variables": environment})

    return broken


def bootstrap(stage: Stage) -> Function:
    return stage.deployed.function("access", "Bootstrap")


NOBODY = "arn:aws:rds-db:eu-west-1:000000000000:dbuser:cluster-none/nobody"
BREAKS: dict[str, tuple[Break, set[str]]] = {
    "the watch may not put events on the bus": (without_the_right_to_put_events, ALL),
    "the watch has no destination": (without_a_destination, ALL),
    "the watch may not log in": (kept_out(watch), ALL),
    "the engine may not log in": (kept_out(bootstrap), {TAKEN_BACK}),
    "a right was given before": (with_a_right_that_was_given_before, {UNTOUCHED}),
    "the rule is disabled": (with_the_rule_disabled, {NOTIFIED}),
    "the rule is for another function": (with_pattern(for_another_function), {NOTIFIED}),
    "the rule has no threshold": (with_pattern(without_a_threshold), {UNTOUCHED, TAKEN_BACK}),
    "the rule sends the whole event": (with_the_whole_event_as_the_notice, {NOTIFIED}),
    "the topic does not let EventBridge": (with_a_topic_that_does_not_let_eventbridge, {NOTIFIED}),
    "the topic's key does not let EventBridge": (with_a_key_that_does_not_let_eventbridge, {NOTIFIED}),
}
