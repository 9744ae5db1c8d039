"""What the validator has passed isn't judged again, as long as nothing has changed that it goes by; a refusal is not kept."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest

from keyless_aurora import kept
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.stacks.deployment import build
from keyless_checks import gates, verdict
from tests.app.environments import DEV
from tests.app.workload import workload
from tests.infrastructure.support import SPEC, new_app


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in kept.CI:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "keyless-aurora"


@dataclass
class Judge:
    """In the CDK's validator's place: says what it is told to, and counts how often it is asked."""

    says: cdk.PolicyValidationPluginReport = field(
        default_factory=lambda: cdk.PolicyValidationPluginReport(success=True, violations=[])
    )
    asked: int = 0
    version = "1.2.3"

    def __call__(self, rules: object) -> "Judge":
        return self

    def validate(self, _: object) -> cdk.PolicyValidationPluginReport:
        self.asked += 1
        return self.says


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    judge = Judge()
    monkeypatch.setattr("keyless_checks.verdict.validator", judge)
    return judge


@dataclass(frozen=True)
class Case:
    """A template, where it goes, and the rules."""

    template: str = "{}"
    path: str = "S"
    account: str | None = None
    region: str | None = None
    rules: tuple[tuple[str, str], ...] = (("ours", "rule one"),)

    def judged(self, folder: Path) -> tuple[verdict.Validator, cdk.PolicyValidationPluginReport]:
        """In a new folder, as each synth of a rehearsal is."""
        folder.mkdir()
        file = folder / "S.template.json"
        file.write_text(self.template)
        stack = cdk.PolicyValidationStack(
            stack_construct_path=self.path, template_path=str(file), account_id=self.account, region=self.region
        )
        sources = [cdk.ValidationRuleSource(name=name, content=content) for name, content in self.rules]
        validator, context = verdict.Validator(sources, kept), SimpleNamespace(stack_templates=[stack])
        return validator, validator.validate(context)


CASE = Case()
OTHERS = {
    "a template": replace(CASE, template='{"Resources": {}}'),
    "a place in the app": replace(CASE, path="T"),
    "an account": replace(CASE, account="111122223333"),
    "a region": replace(CASE, region="eu-west-1"),
    "a region, not an account": replace(CASE, account="eu-west-1"),
    "a rule": replace(CASE, rules=(("ours", "rule two"),)),
    "a rule's name": replace(CASE, rules=(("theirs", "rule one"),)),
    "a rule more": replace(CASE, rules=(("ours", "rule one"), ("more", "rule one"))),
    "no rule": replace(CASE, rules=()),
}


def test_the_same_templates_are_judged_once(judge: Judge, tmp_path: Path) -> None:
    for number in range(3):
        validator, report = CASE.judged(tmp_path / str(number))
        assert (report.success, list(report.violations), validator.version) == (True, [], "1.2.3")
    assert judge.asked == 1


@pytest.mark.parametrize("other", OTHERS)
def test_whatever_changes_is_judged_anew(other: str, judge: Judge, tmp_path: Path) -> None:
    CASE.judged(tmp_path / "first")
    OTHERS[other].judged(tmp_path / "second")
    assert judge.asked == 2


def test_another_cdk_judges_anew(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "aws-cdk-lib.jsii.tgz"
    monkeypatch.setattr(verdict, "files", lambda _: tmp_path)
    for number, content in enumerate((b"one", b"other", b"one")):
        library.write_bytes(content)
        CASE.judged(tmp_path / str(number))
    assert judge.asked == 2


def test_in_ci_every_verdict_is_new(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CASE.judged(tmp_path / "first")
    monkeypatch.setenv("CI", "true")
    CASE.judged(tmp_path / "second")
    assert judge.asked == 2


def test_a_verdict_that_was_changed_by_hand_is_not_believed(judge: Judge, tmp_path: Path, cache: Path) -> None:
    CASE.judged(tmp_path / "first")
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes().replace(b"1.2.3", b"9.9.9"))
    CASE.judged(tmp_path / "second")
    assert judge.asked == 2


def test_what_is_refused_is_judged_again_each_time(judge: Judge, tmp_path: Path) -> None:
    judge.says = cdk.PolicyValidationPluginReport(success=False, violations=[])
    assert [CASE.judged(tmp_path / str(number))[1].success for number in range(2)] == [False, False]
    assert judge.asked == 2


def _report(out: Path) -> dict[str, Any]:
    reports = json.loads((out / "validation-report.json").read_text())["pluginReports"]
    (found,) = [report for report in reports if report["pluginName"] == "CloudFormation Validate"]
    for suppressed in found["suppressedViolations"]:
        for construct in suppressed["violatingConstructs"]:
            construct.pop("constructStackTraces", None)  # names a temporary folder of the CDK's
    return dict(found)


def test_of_the_app_a_kept_verdict_says_the_same_as_the_validator(tmp_path: Path) -> None:
    """Also what is acknowledged in it, and where."""
    found = []
    for out in (tmp_path / "first", tmp_path / "second"):
        app = new_app(out)
        build(app, DEV, SPEC, LAMBDA, [workload])
        gates.attach(app, passwords=False, bundled=False, verdicts=kept)
        app.synth()
        found.append(_report(out))
    assert found[0]["suppressedViolations"]
    assert found[0] == found[1]
