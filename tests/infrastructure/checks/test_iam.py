"""Every known IAM action against every role: each can do exactly what is listed in rights/. UPDATE_SNAPSHOTS=1 rewrites
the lists."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from keyless_aurora.testing import Reviewed
from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.checks.iam_shapes import Policies, policies
from tests.infrastructure.checks.mutants.edit import less, more, put, statement
from tests.infrastructure.support import ROOT, Synthesis, synthesize
from tests.infrastructure.templates import Change, Templates
from tests.infrastructure.variants import VARIANTS
from tests.infrastructure.workloads import people, workloads

RIGHTS = Reviewed(Path(__file__).parent / "rights", accept="UPDATE_SNAPSHOTS=1 make infrastructure")
SWEEP = ROOT / "tests" / "iam" / "sweep.mjs"
LISTED_VARIANTS = ("aurora-B-prod", "instance-C", "aurora-mysql-A-prod", "mariadb-B-prod")
"""With secrets and their rotation; and with no proxy."""
_RDS_DB = "arn:aws:rds-db:eu-west-1:111122223333:dbuser"
_ROLE, _WRITER = "AWS::IAM::Role", "workload/Writer/"
MUTANTS: dict[str, Change] = {
    "sessions as every user": statement("rds-db:connect", _WRITER, Resource=f"{_RDS_DB}:*"),
    "sessions as another user": more(
        _WRITER, Action="rds-db:connect", Resource=f"{_RDS_DB}:prx-0123456789abcdef0/migrator"
    ),
    "no session at all": less("database/Proxy/", "rds-db:connect"),
    "every log may be written": statement("logs:PutLogEvents", _WRITER, Resource="*"),
    "every log action on its own log": statement("logs:PutLogEvents", _WRITER, Action="logs:*"),
    "one more action": more(_WRITER, Action="s3:GetObject", Resource="arn:aws:s3:::bucket/*"),
    "one more service": more(_WRITER, Action="sqs:*", Resource="*"),
    "the code may make interfaces": less(f"{_WRITER}NoInterfacesForCode", "ec2:CreateNetworkInterface"),
    "the denial stops Lambda too": lambda t: _unconfine(t),
    "an inline policy": put(
        _ROLE,
        _WRITER,
        Policies=[
            {
                "PolicyName": "x",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}],
                },
            }
        ],
    ),
    "a managed policy of AWS": put(_ROLE, _WRITER, ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
}


def _unconfine(templates: Templates) -> None:
    (found,) = [r for r in templates.all("AWS::IAM::Policy") if r.path == f"{_WRITER}NoInterfacesForCode"]
    found.props["PolicyDocument"]["Statement"][0].pop("Condition")


@dataclass(frozen=True)
class Sweep:
    """What the evaluator found, by set of templates: a line for each right of each role."""

    actions: int
    rights: dict[str, list[str]]


@pytest.fixture(scope="module")
def sweep(shipped: Callable[[str], Synthesis], tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """One run of the evaluator for all environments, variants and mutants."""
    sets = {name: shipped(name).templates for name in ENVIRONMENTS}
    sets |= {
        name: synthesize(VARIANTS[name][0], tmp_path_factory.mktemp(name), VARIANTS[name][1]).templates
        for name in LISTED_VARIANTS
    }
    sets["workloads"] = workloads(tmp_path_factory.mktemp("workloads")).templates
    sets["people"] = people(tmp_path_factory.mktemp("people")).templates
    sets |= {name: sets["prod"].broken(change) for name, change in MUTANTS.items()}
    roles = {(name, role.role): role for name, templates in sets.items() for role in policies(templates)}
    result = subprocess.run(
        ["node", str(SWEEP)],
        input=json.dumps(list(_asked(roles))),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, f"{result.stderr}\n`make setup` installs the evaluator into tests/iam/node_modules."
    answer = json.loads(result.stdout)
    found: dict[str, list[str]] = defaultdict(list)
    for key, lines in _lines(answer["allowed"], roles).items():
        found[key[0]] += lines
    attached = {
        name: [
            f"{r.path} | managed policy {arn}"
            for r in templates.all(_ROLE)
            for arn in r.props.get("ManagedPolicyArns", [])
        ]
        for name, templates in sets.items()
    }
    return Sweep(answer["actions"], {name: sorted(found[name] + attached[name]) for name in sets})


Key = tuple[str, str]
"""A set of templates, and a role in it."""


def _asked(roles: dict[Key, Policies]) -> Iterator[dict[str, object]]:
    for (name, role), found in roles.items():
        yield {
            "name": f"{name}\n{role}",
            "contexts": found.contexts,
            "policies": [found.document] if found.document["Statement"] else [],
        }


def _lines(allowed: list[list[str]], roles: dict[Key, Policies]) -> dict[Key, list[str]]:
    """`role | action | resource`, and when, if not always."""
    contexts: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for name, context, action, resource in allowed:
        contexts[name, action, resource].add(context)
    lines: dict[Key, list[str]] = defaultdict(list)
    for (name, action, resource), met in contexts.items():
        templates, role = name.split("\n")
        found = roles[templates, role]
        lines[templates, role].append(
            f"{role} | {action} | {found.readable.get(resource, resource)}{_when(met, set(found.contexts))}"
        )
    return lines


def _when(met: set[str], every: set[str]) -> str:
    if met == every:
        return ""
    return f" | not when {'; '.join(sorted(every - met))}" if "" in met else f" | when {'; '.join(sorted(met))}"


def test_each_role_can_do_exactly_the_listed_things(sweep: Sweep) -> None:
    listed = [*ENVIRONMENTS, *LISTED_VARIANTS, "workloads", "people"]
    RIGHTS.assert_same({f"{name}.txt": "\n".join(sweep.rights[name]) + "\n" for name in listed})


def test_every_known_action_was_asked_for(sweep: Sweep) -> None:
    assert sweep.actions > 20_000


@pytest.mark.parametrize("name", MUTANTS)
def test_a_widened_or_narrowed_role_is_seen(sweep: Sweep, name: str) -> None:
    assert sweep.rights[name] != sweep.rights["prod"]


def test_the_denial_is_judged_for_lambda_and_for_the_functions_code(sweep: Sweep) -> None:
    (line,) = [line for line in sweep.rights["prod"] if line.startswith(f"{_WRITER}Role | ec2:CreateNetworkInterface")]
    assert line.endswith("| * | not when lambda:SourceFunctionArn=workload/Writer/Function.Arn")
