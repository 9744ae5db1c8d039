"""The way from CloudFormation to the bootstrap function, and what it is asked for, broken on purpose."""

import copy
import json
from collections.abc import Callable
from typing import Any

from keyless_checks.reading.access import ACCESS
from keyless_checks.rules.access import calls, chain, spec
from tests.infrastructure.checks.mutants.edit import Mutant, inner, pick, put, without_order
from tests.infrastructure.checks.mutants.of_sessions import told
from tests.infrastructure.templates import Change, Templates

FUNCTION, PERMISSION, EGRESS = "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::EC2::SecurityGroupEgress"
BOOTSTRAP, WATCH, FRAMEWORK = "access/Bootstrap", "access/Watch", "framework-onEvent"


def _arn(templates: Templates, part: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [pick(templates, FUNCTION, part).logical_id, "Arn"]}


def _straight(templates: Templates) -> None:
    pick(templates, ACCESS).props["ServiceToken"] = _arn(templates, BOOTSTRAP)


def _calls_the_watch(templates: Templates) -> None:
    told(FRAMEWORK, USER_ON_EVENT_FUNCTION_ARN=_arn(templates, WATCH))(templates)


def _unordered(type_: str, part: str) -> Change:
    """The access doesn't wait for that resource."""

    def change(templates: Templates) -> None:
        pick(templates, ACCESS).body["DependsOn"].remove(pick(templates, type_, part).logical_id)

    return change


def _runs(part: str, other: str) -> Change:
    def change(templates: Templates) -> None:
        code = copy.deepcopy(pick(templates, FUNCTION, other).props["Code"])
        pick(templates, FUNCTION, part).props["Code"] = code

    return change


def _owner(found: dict[str, Any]) -> None:
    found["users"][1]["grants"][0]["access"] = "owner"


def _pinned(**values: object) -> Change:
    def change(templates: Templates) -> None:
        variables = pick(templates, FUNCTION, BOOTSTRAP).props["Environment"]["Variables"]
        variables["DEPLOYED_SPEC"] = json.dumps({**json.loads(variables["DEPLOYED_SPEC"]), **values})

    return change


def _spec(edit: Callable[[dict[str, Any]], object]) -> Change:
    return lambda templates: edit(pick(templates, ACCESS).props["Spec"])


def _second(edit: Callable[[dict[str, Any]], object]) -> Change:
    """A second database in the spec, with an access of its own that is a bit different."""

    def change(templates: Templates) -> None:
        first = pick(templates, ACCESS)
        first.props["Spec"]["databases"].append({"name": "more", "schemas": []})
        body = copy.deepcopy(first.body)
        body["Properties"]["Database"] = "more"
        body["DependsOn"].append(first.logical_id)
        body["Metadata"]["aws:cdk:path"] += "-more"
        edit(body)
        templates.by_stack[first.stack]["Resources"]["More"] = body

    return change


def _may_call(**values: object) -> Change:
    return put(PERMISSION, "access/DriftWatch", **values)


MUTANTS = [
    Mutant("another handler than the bootstrap's", chain.handlers, put(FUNCTION, BOOTSTRAP, Handler="handler.handler")),
    Mutant("two watches", chain.handlers, put(FUNCTION, BOOTSTRAP, Handler="db_access.watch.handler")),
    Mutant("a framework that asks again", chain.handlers, put(FUNCTION, FRAMEWORK, Handler="framework.isComplete")),
    Mutant(
        "access by another account's function",
        chain.token,
        put(ACCESS, ServiceToken="arn:aws:lambda:eu-west-1:999999999999:function:x"),
    ),
    Mutant("access past the framework", chain.token, _straight),
    Mutant("a framework that calls another function", chain.token, _calls_the_watch),
    Mutant("a framework with more to call", chain.token, told(FRAMEWORK, WAITER_STATE_MACHINE_ARN="x")),
    Mutant(
        "a framework that logs its events",
        chain.quiet_framework,
        inner(FUNCTION, "LoggingConfig", FRAMEWORK, ApplicationLogLevel="DEBUG"),
    ),
    Mutant(
        "a framework that logs as text",
        chain.quiet_framework,
        inner(FUNCTION, "LoggingConfig", FRAMEWORK, LogFormat="Text"),
    ),
    Mutant("access before everything", chain.whole_before, without_order(ACCESS)),
    Mutant("access before its path", chain.whole_before, _unordered(EGRESS, BOOTSTRAP)),
    Mutant(
        "access before its function's rights", chain.whole_before, _unordered("AWS::IAM::Policy", f"{BOOTSTRAP}/Role")
    ),
    Mutant("a function before its rights", chain.whole_before, without_order(FUNCTION, "workload/Writer")),
    Mutant(
        "code from somebody's bucket",
        chain.own_code,
        lambda templates: pick(templates, FUNCTION, BOOTSTRAP).props["Code"].update(S3Bucket="somebody"),
    ),
    Mutant(
        "a layer from another account's bucket",
        chain.own_code,
        lambda templates: (
            pick(templates, "AWS::Lambda::LayerVersion")
            .props["Content"]
            .update(S3Bucket="cdk-hnb659fds-assets-999999999999-eu-west-1")
        ),
    ),
    Mutant("access to a database that the spec doesn't have", spec.one_spec, put(ACCESS, Database="postgres")),
    Mutant("a bootstrap without the client", chain.client_layer, put(FUNCTION, BOOTSTRAP, Layers=[])),
    Mutant("a bootstrap that runs an application's code", chain.kinds_of_code, _runs(BOOTSTRAP, "workload/Writer")),
    Mutant("an application that runs the engine's code", chain.kinds_of_code, _runs("workload/Writer", BOOTSTRAP)),
    Mutant("another spec than the bootstrap carries out", spec.pinned, _spec(_owner)),
    Mutant("a bootstrap that carries out any spec", spec.pinned, told(BOOTSTRAP, DEPLOYED_SPEC="{}")),
    Mutant("a watch that looks for any spec", spec.pinned, told(WATCH, DEPLOYED_SPEC="any")),
    Mutant("a watch that takes somebody else for the master", spec.same_master, told(WATCH, MASTER="lambda_writer")),
    Mutant("a bootstrap for another's roles", spec.pinned, _pinned(managers=["theirs"])),
    Mutant("a bootstrap for another database", spec.pinned, _pinned(databases=["postgres"])),
    Mutant("an approval that the bootstrap isn't told", spec.approved, put(ACCESS, Approved={"Digest": "0" * 64})),
    Mutant("a bootstrap that waits for an approval that nobody names", spec.approved, _pinned(approved="0" * 64)),
    Mutant("a spec of another version", spec.one_spec, _spec(lambda found: found.update(version=2))),
    Mutant("a spec without users", spec.one_spec, _spec(lambda found: found.update(users=[]))),
    Mutant("a spec that marks nobody's roles", spec.one_spec, _spec(lambda found: found.pop("managed_by"))),
    Mutant("two accesses by two specs", spec.one_spec, _second(lambda body: body["Properties"]["Spec"]["users"].pop())),
    Mutant("two accesses at once", spec.in_turn, _second(lambda body: body.pop("DependsOn"))),
    Mutant("access in another cluster", spec.one_database, put(ACCESS, Cluster="cluster-X")),
    Mutant("a bootstrap for another cluster", spec.one_database, told(BOOTSTRAP, DB_CLUSTER_RESOURCE_ID="cluster-X")),
    Mutant("a watch at another host", spec.one_database, told(WATCH, PGHOST="db.example.com")),
    Mutant(
        "a watch through the proxy",
        spec.one_database,
        lambda templates: told(
            WATCH, PGHOST=pick(templates, FUNCTION, "workload/Writer").props["Environment"]["Variables"]["PGHOST"]
        )(templates),
    ),
    Mutant("a secret for a user without a password", spec.users_secrets, put(ACCESS, Secrets={"migrator": "x"})),
    Mutant("a watch that another account calls", calls.callers, _may_call(Principal="999999999999")),
    Mutant("a watch that every topic calls", calls.callers, _may_call(Principal="sns.amazonaws.com")),
    Mutant("a watch that others may change", calls.callers, _may_call(Action="lambda:*")),
    Mutant(
        "a bootstrap that a schedule calls",
        calls.callers,
        lambda templates: _may_call(FunctionName=_arn(templates, BOOTSTRAP))(templates),
    ),
]
