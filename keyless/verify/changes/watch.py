"""The deployed drift watch, asked as its schedule asks it, and answered to whoever asks: nothing goes to the topic."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.lines.outcome import Attempt, Outcome
from keyless.verify.calling import call
from keyless.verify.deployed import Clients, Deployed


class Watch:
    def __init__(self, clients: Clients, deployed: Deployed, database: str) -> None:
        self._clients, self._events = clients, clients("events")
        self._configuration, self._database = deployed.watch.configuration, database

    def looks(self) -> Attempt:
        """What it finds. Never raises for a watch that fails: that is the result."""
        event = next(self._inputs(), None)
        if event is None:
            return Attempt(Outcome.OTHER, f"no enabled schedule has the drift watch look at {self._database}")
        try:
            found = call(self._clients, self._configuration["FunctionName"], event)
        except (FunctionError, ClientError) as error:
            return Attempt(Outcome.OTHER, f"the watch failed: {error}")
        outcome = {0: Outcome.AS_SPECIFIED, None: Outcome.OTHER}.get(found["drift"], Outcome.DRIFT)
        return Attempt(outcome, str(found["summary"]), json.dumps(found))

    def _inputs(self) -> Iterator[dict[str, Any]]:
        """Of the schedules of this very function: an account may have those of other environments."""
        rules = self._events.list_rule_names_by_target(TargetArn=self._configuration["FunctionArn"])["RuleNames"]
        for rule in rules:
            if self._events.describe_rule(Name=rule)["State"] != "ENABLED":
                continue
            for target in self._events.list_targets_by_rule(Rule=rule)["Targets"]:
                event = json.loads(target.get("Input", "{}"))
                if target["Arn"] == self._configuration["FunctionArn"] and event.get("Database") == self._database:
                    yield event
