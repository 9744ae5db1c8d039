"""A gate that doesn't judge fails the synth: one that raises, and one that isn't there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
import jsii
import pytest
from constructs import Construct

from keyless_aurora import kept
from keyless_aurora.app import KeylessApp
from keyless_aurora.app.synthesis import synthesize
from keyless_aurora.testing import synthesized
from keyless_checks import gates, ruleset
from keyless_checks.judged import GATES, REPORT, RULES, VALIDATOR, NotJudgedError, unseen
from keyless_checks.plugin import TemplateRules
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Rule
from keyless_checks.verdict import Validator
from tests.app.app import ACCESS
from tests.app.environments import DEV
from tests.infrastructure.support import CONTEXT, ROOT

_LEFT_TO_THE_COMMAND_LINE = {"@aws-cdk/core:failSynthOnValidationErrors": False}
"""What cdk tells an app: it judges the report itself."""


@jsii.implements(cdk.IPolicyValidationPlugin)
class Raising:
    """In a gate's place."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def version(self) -> str:
        return "1"

    @property
    def rule_ids(self) -> list[str] | None:
        return None

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        raise OSError("no space left")


def _raise(*_: object) -> object:
    raise OSError("no space left")


_BROKEN: dict[str, tuple[object, str, object]] = {
    "AwsSolutions": (cdk_nag, "AwsSolutionsChecks", lambda _: Raising("AwsSolutions")),
    "NIST.800.53.R5": (cdk_nag, "NIST80053R5Checks", lambda _: Raising("NIST.800.53.R5")),
    RULES: (TemplateRules, "validate", _raise),
    VALIDATOR: (Validator, "validate", _raise),
}
"""By the gate, what makes it raise."""


def _synth(out: Path, context: dict[str, Any] | None = None, beside: cdk.IPolicyValidationPlugin | None = None) -> None:
    """An app with nothing to find, as the command line runs it."""
    app = cdk.App(
        outdir=str(out),
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context={**CONTEXT, **_LEFT_TO_THE_COMMAND_LINE, "aws:cdk:bundling-stacks": [], **(context or {})},
    )
    cdk.Stack(app, "KeylessAurora-dev-network")
    if beside:
        cdk.Validations.of(app).add_plugins(beside)
    synthesize(app, gates.attach(app, passwords=False, bundled=False, verdicts=kept))


def test_every_gate_that_must_have_judged_has_a_test_here() -> None:
    assert set(GATES) == set(_BROKEN)


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("flag", [True, False], ids=["errors", "errors-as-warnings"])
def test_a_gate_that_raises_fails_the_synth(
    gate: str, flag: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*_BROKEN[gate])
    with pytest.raises(
        NotJudgedError, match=rf"^the gate '{gate}' could not judge, .* no space left.*; allowed: [^\n]+$"
    ):
        _synth(tmp_path, {"@aws-cdk/core:validateAgainstDefaultRules": flag})


@pytest.mark.parametrize("left_out", range(len(GATES)))
def test_a_gate_that_is_left_out_fails_the_synth(
    left_out: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = cdk.Validations.add_plugins

    def but_one(self: cdk.Validations, *plugins: cdk.IPolicyValidationPlugin) -> None:
        add(self, *(plugin for place, plugin in enumerate(plugins) if place != left_out))

    monkeypatch.setattr(cdk.Validations, "add_plugins", but_one)
    with pytest.raises(NotJudgedError, match=rf"^the gate '{GATES[left_out]}' did not run, [^\n]+$"):
        _synth(tmp_path)


def test_a_plugin_of_somebody_else_that_raises_fails_the_synth(tmp_path: Path) -> None:
    with pytest.raises(NotJudgedError, match=r"^the gate 'Theirs' could not judge, .* no space left"):
        _synth(tmp_path, beside=Raising("Theirs"))


def test_what_was_found_outside_of_the_stacks_is_not_lost(tmp_path: Path) -> None:
    """The command line shows what is in a stack, and takes a report of which nothing is left for a success."""
    violation = {"ruleName": "r", "description": "d", "violatingConstructs": [{"constructPath": "Elsewhere/X"}]}
    reports = [{"pluginName": "AwsSolutions", "conclusion": "failure", "violations": [violation]}]
    (tmp_path / REPORT).write_text(json.dumps({"pluginReports": reports}))
    stack = {"type": "aws:cloudformation:stack", "displayName": "Else"}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"S": stack}}))
    assert list(unseen(tmp_path, ())) == ["r, Elsewhere/X: d"]


def test_a_guard_file_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_GUARD", tmp_path)
    with pytest.raises(FileNotFoundError):
        gates.guard_rules(passwords=False)


def test_every_guard_file_is_attached() -> None:
    files = {file.stem for file in (ROOT / "keyless_checks" / "guard").iterdir()}
    assert {rule.name for rule in gates.guard_rules(passwords=False)} == files


def _app(*_: Construct) -> KeylessApp:
    return KeylessApp({"dev": DEV}, access=ACCESS)


def test_the_tests_of_an_app_find_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TemplateRules, "validate", _raise)
    (found,) = synthesized(_app, tmp_path, cdk_json=ROOT / "cdk.json").findings
    assert found.startswith("the gate 'Keyless' could not judge")


def _unforeseen(templates: Templates) -> Any:
    """A rule that fails in a way that is not a template's fault."""
    raise OSError("unforeseen")


def test_a_rule_that_raises_whatever_fails_the_synth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it: tuple[Rule, ...] = (*ruleset.RULES, _unforeseen)
    original: Callable[..., Any] = ruleset.breaches
    monkeypatch.setattr("keyless_checks.plugin.breaches", lambda templates: original(templates, with_it))
    with pytest.raises(NotJudgedError, match="unforeseen"):
        _synth(tmp_path)
