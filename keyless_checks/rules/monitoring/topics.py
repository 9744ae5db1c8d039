"""Topics: encrypted, with TLS, and only CloudWatch and, where rules are for it, EventBridge may publish."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.allowed.types import DECIDED
from keyless_checks.reading.notices import published
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

TOPIC = "AWS::SNS::Topic"
_CALLERS = {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
_MAY = {True: "may publish, and no rule of the stacks does", False: "may not publish, and a rule of the stacks does"}


def confined_topic(templates: Templates) -> Iterator[Finding]:
    """A topic is encrypted, refuses what comes without TLS, and takes messages from CloudWatch only, and from
    EventBridge where a rule of the stacks publishes to it."""
    policies = {
        templates.text(p.stack, topic): p for p in templates.all("AWS::SNS::TopicPolicy") for topic in p.props["Topics"]
    }
    noticed = published(templates)
    for topic in templates.all(TOPIC):
        key = templates.target(topic.stack, topic.props.get("KmsMasterKeyId"))
        if key is None or key.type != "AWS::KMS::Key":
            yield Finding(topic.path, "it is not encrypted with a key of the stacks")
        else:
            yield from _key_problems(templates, key, topic)
        policy = policies.get(topic.path)
        statements = as_list(policy.props["PolicyDocument"]["Statement"]) if policy else []
        if not any(
            s["Effect"] == "Deny" and s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            for s in statements
        ):
            yield Finding(topic.path, "it takes messages without TLS")
        may = any("events.amazonaws.com" in str(s.get("Principal")) for s in statements if s["Effect"] == "Allow")
        if topic.stack in DECIDED and may is not (topic.path in noticed):
            yield Finding(topic.path, f"EventBridge {_MAY[may]}")
        yield from (
            Finding(topic.path, problem)
            for s in statements
            if s["Effect"] == "Allow"
            for problem in [*_caller_problems(s), *_publishing_problems(templates, topic, s)]
        )


def _publishing_problems(templates: Templates, topic: Resource, statement: dict[str, Any]) -> Iterator[str]:
    actions = as_list(statement.get("Action"))
    targets = [templates.target(topic.stack, resource) for resource in as_list(statement.get("Resource"))]
    if actions != ["sns:Publish"] or targets != [topic]:
        yield f"{', '.join(actions)} is allowed on {statement.get('Resource')}; allowed: sns:Publish on the topic"


def _caller_problems(statement: dict[str, Any]) -> Iterator[str]:
    principal, condition = statement.get("Principal"), statement.get("Condition", {})
    services = (
        set(as_list(principal.get("Service", [])))
        if isinstance(principal, dict) and set(principal) == {"Service"}
        else set()
    )
    if not services or not services <= _CALLERS:
        yield f"{principal} may use it"
    if "cloudwatch.amazonaws.com" in services and not (
        "aws:SourceAccount" in condition.get("StringEquals", {}) and "aws:SourceArn" in condition.get("ArnLike", {})
    ):
        yield "alarms of other accounts may use it"


def _key_problems(templates: Templates, key: Resource, topic: Resource) -> Iterator[Finding]:
    this_topic = re.compile(rf"arn:aws:sns:[^:]+:[^:]+:{re.escape(str(topic.props.get('TopicName')))}")
    for statement in key.props["KeyPolicy"]["Statement"]:
        if "Service" in statement["Principal"]:
            context = (
                statement.get("Condition", {}).get("StringEquals", {}).get("kms:EncryptionContext:aws:sns:topicArn")
            )
            if not this_topic.fullmatch(templates.text(key.stack, context)):
                yield Finding(key.path, "a service may use it for something else than the topic")
            yield from (Finding(key.path, problem) for problem in _caller_problems(statement))


def subscribers(templates: Templates) -> Iterator[Finding]:
    """What is published goes to people by mail: another way out of the account is a decision of its own."""
    for subscription in templates.all("AWS::SNS::Subscription"):
        topic = templates.target(subscription.stack, subscription.props.get("TopicArn"))
        if subscription.props.get("Protocol") != "email" or topic is None or topic.type != TOPIC:
            yield Finding(
                subscription.path,
                f"{subscription.props.get('Protocol')} to {subscription.props.get('Endpoint')}; "
                "allowed: email, of a topic of the stacks",
            )


RULES: tuple[Rule, ...] = (confined_topic, subscribers)
