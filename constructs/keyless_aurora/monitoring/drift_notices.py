"""What the drift watch found, or why it couldn't look, as messages to the topic.

EventBridge escapes nothing that it puts into a text ("Amazon EventBridge input transformation"), and findings name
roles, which may hold quotes: a text with one would not be delivered. So a message is JSON, and the answer goes into it
as an object.
"""

import json
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct

_ANSWER, _RECORD = "$.detail.responsePayload", "$.detail"
"""A call that was never made has a record, and no answer."""


class DriftNotices(Construct):
    """`rules`: the rules' names by what they report."""

    def __init__(self, scope: Construct, id: str, *, environment: str, function_arn: str, topic: sns.ITopic) -> None:
        super().__init__(scope, id)
        self._function_arn, self._topic = function_arn, topic
        drift = self._notice(
            "Drift",
            {"responsePayload": {"drift": [{"numeric": [">", 0]}]}},
            f"Access in environment {environment} is not as its access spec says. `summary` has who gained or lost "
            "what, `lock_outs`, `obstacles` and `surprises` what is so now, `changes` what a deploy would do",
            "Put it into the access spec, or take it back with `keyless sync` or the next deploy that changes the "
            "spec; find out who did it. Said again at each run until then",
            _ANSWER,
        )
        failure = self._notice(
            "WatchFailure",
            {"requestContext": {"condition": [{"anything-but": ["Success"]}]}},
            f"The drift watch of environment {environment} failed at every attempt, so nobody knows whether access is "
            "as the spec says",
            "`errorMessage` says why; the function's log has every attempt",
            _RECORD,
        )
        self.rules = {"Drift": drift.ref, "WatchFailure": failure.ref}

    def _notice(self, id: str, detail: dict[str, Any], meaning: str, action: str, found: str) -> events.CfnRule:
        """Lambda Developer Guide, "Invocation record": the function is named with its version, here `$LATEST`."""
        request = {
            "functionArn": [self._function_arn, f"{self._function_arn}:$LATEST"],
            **detail.get("requestContext", {}),
        }
        text = json.dumps({"meaning": meaning, "action": action}).removesuffix("}")
        transformer = events.CfnRule.InputTransformerProperty(
            input_paths_map={"found": found}, input_template=f'{text}, "found": <found>}}'
        )
        return events.CfnRule(
            self,
            id,
            description=f"{id} of the drift watch, told to the topic",
            event_pattern={"source": ["lambda"], "detail": {**detail, "requestContext": request}},
            targets=[
                events.CfnRule.TargetProperty(id="Topic", arn=self._topic.topic_arn, input_transformer=transformer)
            ],
        )
