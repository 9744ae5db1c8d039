"""The environments of a region, by their stacks: as whom the bootstrap function logs in, who is declared, and what the
drift watch says."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from keyless.stack_names import prefixes_of
from keyless.status.asking import Asking
from keyless.status.found import Drift, Environment

_ACCESS: Final = "Custom::DatabaseAccess"
_STATES: Final = {"OK": Drift.NONE, "ALARM": Drift.SOME}


@dataclass(frozen=True)
class Deployed:
    """What the outputs of an environment's stacks say."""

    prefix: str
    endpoint: str
    proxy: str
    bootstrap: str
    master: str | None
    """As whom the bootstrap function logs in, with a token."""


def deployed(asking: Asking, name: str | None) -> list[Deployed]:
    """The environments of that name, or with that prefix; without a name all."""
    found = {stack["StackName"]: stack for stack in _stacks(asking)}
    return [_deployed(asking, prefix, found) for prefix in prefixes_of(found, name)]


def environment(asking: Asking, of: Deployed) -> Environment:
    users, count = _users(asking, of)
    alarms = asking.items("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmNamePrefix=f"{of.prefix}-")
    if alarms is None:
        return Environment(of.prefix, users, count, None, None)
    states = {str(alarm["AlarmName"]).removeprefix(f"{of.prefix}-"): alarm["StateValue"] for alarm in alarms}
    drift = _STATES.get(states["Drift"], Drift.UNKNOWN) if "Drift" in states else Drift.UNWATCHED
    on = sorted(name for name, state in states.items() if state == "ALARM" and name != "Drift")
    return Environment(of.prefix, users, count, drift, tuple(on))


def _stacks(asking: Asking) -> Iterator[Mapping[str, Any]]:
    for stack in asking.items("cloudformation", "DescribeStacks", "Stacks") or ():
        if stack["StackStatus"] != "DELETE_COMPLETE":
            yield stack


def _deployed(asking: Asking, prefix: str, stacks: Mapping[str, Mapping[str, Any]]) -> Deployed:
    database, access = _outputs(stacks, f"{prefix}-database"), _outputs(stacks, f"{prefix}-access")
    function = access.get("BootstrapFunctionName", "")
    found = asking.read("lambda", "GetFunctionConfiguration", FunctionName=function) if function else None
    master = found["Environment"]["Variables"].get("PGUSER") if found else None
    return Deployed(prefix, database.get("DatabaseEndpoint", ""), database.get("ProxyEndpoint", ""), function, master)


def _outputs(stacks: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stacks.get(name, {}).get("Outputs", ())}


def _users(asking: Asking, of: Deployed) -> tuple[tuple[str, ...] | None, int | None]:
    """Names and number of the users that are declared, by the access stack's template."""
    if not of.bootstrap:
        return None, None
    answer = asking.read("cloudformation", "GetTemplate", StackName=f"{of.prefix}-access")
    if answer is None:
        return None, None
    body = answer["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    properties = [one["Properties"] for one in template["Resources"].values() if one["Type"] == _ACCESS]
    for each in properties:
        if "Spec" in each:
            users = tuple(str(user["username"]) for user in each["Spec"].get("users", ()))
            return users, len(users)
    return None, next((int(each["SpecUsers"]) for each in properties if "SpecUsers" in each), None)
