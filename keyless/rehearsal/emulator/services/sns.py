"""What SNS checks when EventBridge publishes: the policies of the topic and of its key.

Runs in ministack's own process. ministack's evaluator decides on both policies, as deployed. EventBridge names no
source of its own (EventBridge User Guide, "Using resource-based policies", Amazon SNS permissions), so a condition on
one refuses it. A refused message is dropped, as on AWS.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_region
from ministack.services import eventbridge, kms, sns

_SERVICE = "events.amazonaws.com"
_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
_KEY = "KmsMasterKeyId"
_log = logging.getLogger("keyless.topics")
_Dispatch = Callable[[str, str], None]


def install() -> None:
    """Check the policies before ministack publishes."""
    eventbridge._dispatch_to_sns = _guarded(eventbridge._dispatch_to_sns)


def _guarded(dispatch: _Dispatch) -> _Dispatch:
    def guarded(topic_arn: str, message: str) -> None:
        if refusal := _refusal(topic_arn):
            _log.warning("EventBridge may not publish to %s: %s", topic_arn, refusal)
        else:
            dispatch(topic_arn, message)

    return guarded


def _refusal(topic_arn: str) -> str:
    """Why EventBridge may not publish; empty when it may."""
    topic = sns._topic_by_arn_any_scope(topic_arn)
    if topic is None:
        return "the topic does not exist"
    if not _allows(topic["attributes"].get("Policy"), "sns:Publish", topic_arn, {}):
        return "the topic's policy does not let it"
    identifier = topic["attributes"].get(_KEY)
    return _key_refusal(kms._resolve_key(identifier), topic_arn) if identifier else ""


def _key_refusal(key: Mapping[str, Any] | None, topic_arn: str) -> str:
    """AWS's own key for SNS lets nobody but SNS; it isn't among ministack's keys."""
    if not key or key["KeyState"] != "Enabled":
        return "the topic's key is not there, or not enabled"
    context = {
        "kms:encryptioncontext:aws:sns:topicarn": topic_arn,
        "kms:viaservice": f"sns.{get_region()}.amazonaws.com",
    }
    missing = [action for action in _KEY_ACTIONS if not _allows(key["Policy"], action, key["Arn"], context)]
    return f"the policy of the topic's key does not let it {' and '.join(missing)}" if missing else ""


def _allows(policy: Any, action: str, resource: str, context: dict[str, Any]) -> bool:
    request = EvalContext(
        principal_arn=_SERVICE,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get_region(),
        secure_transport=True,
        service_context=context,
    )
    return bool(policy) and evaluate_resource_policy(policy, request, service=_SERVICE).decision == "Allow"
