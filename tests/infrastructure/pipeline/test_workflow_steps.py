"""The scripts of the jobs that hold a role, run by bash as GitHub runs them, on archives as somebody might plant them."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infrastructure.pipeline.archives import Archive, sha256
from tests.infrastructure.pipeline.sample import assembly
from tests.infrastructure.support import ROOT

JOBS = {"deploy": "deploy-environment.yml", "diff": "pull-request.yml"}
CDK = "#!/bin/sh\n{}\n"
HOSTILE = "[+] AWS::IAM::Policy\n```\n````text\n::error::owned\n::stop-commands::x\n##[add-mask]a\n@everyone \u202e"
SUMMARY_BYTES = 1_048_576


@dataclass(frozen=True)
class Runner:
    """A machine with a checkout, in which a cdk command line is installed."""

    folder: Path

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def summary(self) -> Path:
        return self.folder / "summary.md"

    def installed(self, script: str) -> None:
        (self.checkout / "node_modules/.bin").mkdir(parents=True)
        (self.checkout / "keyless").symlink_to(ROOT / "keyless")
        tool = self.checkout / "node_modules/.bin/cdk"
        tool.write_text(CDK.format(script))
        tool.chmod(0o755)

    def downloaded(self, archive: Archive) -> str:
        """As the artifact's action leaves it; its digest."""
        path = self.folder / "temp/artifact/assembly.tar.gz"
        path.parent.mkdir(parents=True)
        archive.write(path)
        return sha256(path)

    def runs(self, step: dict[str, Any], **environment: str) -> "subprocess.CompletedProcess[str]":
        """The step's script in bash, with GitHub's options."""
        temp = str(self.folder / "temp")
        own = {"GITHUB_WORKSPACE": str(self.checkout), "RUNNER_TEMP": temp, "GITHUB_STEP_SUMMARY": str(self.summary)}
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        where = step.get("working-directory", str(self.checkout)).replace("${{ runner.temp }}", temp)
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=where,
            env={**kept, **own, "ENVIRONMENT": "dev", "PLACE": "first", **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    found = Runner(tmp_path)
    found.checkout.mkdir()
    return found


def steps(job: str, containing: str) -> dict[str, Any]:
    """The job's step whose script contains that text."""
    found = yaml.safe_load((ROOT / ".github/workflows" / JOBS.get(job, "synth.yml")).read_text())["jobs"][job]["steps"]
    (step,) = [step for step in found if containing in step.get("run", "")]
    return dict(step)


def synthesized(runner: Runner, files: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    """The step of the synth job that packs what was synthesized."""
    (runner.checkout / "keyless").symlink_to(ROOT / "keyless")
    (runner.folder / "temp").mkdir()
    for name, content in files.items():
        path = runner.checkout / "cdk.out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return runner.runs(steps("synth", "tar -czf"), GITHUB_OUTPUT=str(runner.folder / "output"))


def test_the_synth_hands_over_the_digest_of_what_it_packed(runner: Runner) -> None:
    answer = synthesized(runner, assembly())
    assert answer.returncode == 0, answer.stderr
    assert (runner.folder / "output").read_text() == f"first={sha256(runner.checkout / 'assembly.tar.gz')}\n"


def test_the_synth_refuses_what_a_job_with_a_role_would_refuse(runner: Runner) -> None:
    answer = synthesized(runner, {**assembly(), "cdk.json": {}})
    assert (answer.returncode, "'cdk.json' is not part" in answer.stderr) == (1, True)
    assert not (runner.folder / "output").exists()


def listed(runner: Runner, *names: str) -> "subprocess.CompletedProcess[str]":
    """The step that hands the app's environments over, where `make environments` prints these."""
    (runner.checkout / "keyless").symlink_to(ROOT / "keyless")
    (runner.checkout / "names.json").write_text(
        json.dumps([{"name": name, "region": "eu-west-1", "account": "111122223333"} for name in names])
    )
    (runner.checkout / "Makefile").write_text("environments:\n\t@cat names.json\n")
    return runner.runs(steps("environments", "keyless.places"), GITHUB_OUTPUT=str(runner.folder / "output"))


def test_the_environments_are_handed_over_with_their_place(runner: Runner) -> None:
    answer = listed(runner, "qa", "prod-eu")
    assert answer.returncode == 0, answer.stderr
    name, _, text = (runner.folder / "output").read_text().partition("=")
    assert (name, text.count("\n")) == ("list", 1)
    assert json.loads(text) == [
        {"name": "qa", "region": "eu-west-1", "place": "first", "variable": "QA"},
        {"name": "prod-eu", "region": "eu-west-1", "place": "second", "variable": "PROD_EU"},
    ]


@pytest.mark.parametrize("names", ["", "a b c d e f"])
def test_no_environment_is_left_out_silently(runner: Runner, names: str) -> None:
    """A sixth would be tested and never deployed."""
    answer = listed(runner, *names.split())
    assert answer.returncode == 1
    assert "the workflows deploy one to five environments" in answer.stderr
    assert not (runner.folder / "output").exists()


def test_an_app_that_is_wrong_stops_the_list(runner: Runner) -> None:
    (runner.checkout / "keyless").symlink_to(ROOT / "keyless")
    (runner.checkout / "Makefile").write_text("environments:\n\t@echo a setting is wrong >&2; exit 1\n")
    answer = runner.runs(steps("environments", "keyless.places"), GITHUB_OUTPUT=str(runner.folder / "output"))
    assert (answer.returncode != 0, "Traceback" in answer.stderr) == (True, False)


@pytest.mark.parametrize("job", JOBS)
def test_the_command_line_runs_where_only_the_assembly_is(runner: Runner, job: str) -> None:
    runner.installed('pwd; ls -A; echo "$@"')
    digest = runner.downloaded(Archive())
    assert runner.runs(steps(job, "keyless.assembly"), DIGEST=digest).returncode == 0
    answer = runner.runs(steps(job, "/.bin/cdk"))
    lines = answer.stdout.splitlines()[1:]
    assert (answer.returncode, lines[:2]) == (0, [str(runner.folder / "temp/assembly"), "cdk.out"])
    assert lines[2].startswith(f"{job} --app cdk.out ")


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize(
    "archive",
    [
        Archive(extra={"node_modules/.bin/cdk": "#!/bin/sh\ntouch ../owned\n"}),
        Archive(extra={"cdk.json": '{"build": "touch owned"}'}),
        Archive(extra={"cdk.out/../../checkout/node_modules/.bin/cdk": "#!/bin/sh\ntouch ../owned\n"}),
        Archive({**assembly(), "cdk.json": {"build": "touch owned"}}),
    ],
    ids=["a command line", "settings", "a way up", "settings in the assembly"],
)
def test_a_planted_archive_replaces_no_tool_and_stops_the_job(runner: Runner, job: str, archive: Archive) -> None:
    runner.installed("echo the pinned one")
    answer = runner.runs(steps(job, "keyless.assembly"), DIGEST=runner.downloaded(archive))
    assert answer.returncode == 1
    assert not (runner.folder / "temp/assembly").exists()
    assert (runner.checkout / "node_modules/.bin/cdk").read_text() == CDK.format("echo the pinned one")
    assert sorted(path.name for path in runner.checkout.iterdir()) == ["keyless", "node_modules"]


def test_another_archive_than_the_synths_stops_the_job(runner: Runner) -> None:
    runner.installed("")
    runner.downloaded(Archive())
    for digest in ("", "0" * 64):
        assert runner.runs(steps("deploy", "keyless.assembly"), DIGEST=digest).returncode == 1


@pytest.mark.parametrize("job", JOBS)
def test_names_speak_no_workflow_commands(runner: Runner, job: str) -> None:
    """The runner obeys no line after the first, until somebody says the random word of it."""
    runner.installed(f"cat <<'END'\n{HOSTILE}\nEND")
    runner.runs(steps(job, "keyless.assembly"), DIGEST=runner.downloaded(Archive()))
    words = []
    for _ in range(2):
        first, *shown = runner.runs(steps(job, "/.bin/cdk")).stdout.splitlines()
        word = first.removeprefix("::stop-commands::")
        assert re.fullmatch("[0-9a-f-]{36}", word)
        assert shown and not any(word in line for line in shown)
        words.append(word)
    assert words[0] != words[1], "a word that can be known is spoken"


def test_the_summary_shows_the_diff_in_a_fence_that_it_can_not_end(runner: Runner) -> None:
    runner.installed(f"cat <<'END'\n{HOSTILE}\nEND")
    runner.runs(steps("diff", "keyless.assembly"), DIGEST=runner.downloaded(Archive()))
    runner.runs(steps("diff", "/.bin/cdk"))
    answer = runner.runs(steps("diff", "keyless.markdown"))
    assert (answer.returncode, answer.stdout) == (0, "")
    title, _, fence, *shown, last = runner.summary.read_text().splitlines()
    assert (title, fence, last) == ("### cdk diff of dev", "`````text", "`````")
    assert "```" in shown and "::error::owned" in shown
    assert not any(line.startswith("`````") for line in shown)
    assert "\u202e" not in runner.summary.read_text()


def test_a_failed_diff_fails_and_is_shown_all_the_same(runner: Runner) -> None:
    runner.installed("echo cannot compare >&2; exit 1")
    runner.runs(steps("diff", "keyless.assembly"), DIGEST=runner.downloaded(Archive()))
    assert runner.runs(steps("diff", "/.bin/cdk")).returncode == 1
    assert steps("diff", "keyless.markdown")["if"] == "${{ !cancelled() }}"
    runner.runs(steps("diff", "keyless.markdown"))
    assert "cannot compare" in runner.summary.read_text()


def test_a_diff_that_was_not_made_is_no_traceback(runner: Runner) -> None:
    runner.installed("")
    answer = runner.runs(steps("diff", "keyless.markdown"))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "nothing ran; the log says why" in runner.summary.read_text()


def test_a_diff_of_any_length_fits_into_a_summary(runner: Runner) -> None:
    runner.installed("")
    (runner.folder / "temp").mkdir()
    (runner.folder / "temp/diff.txt").write_text("\u202e" * 5_000 + "\n" + "x" * 99 + "\n" + ("ü" * 99 + "\n") * 20_000)
    assert runner.runs(steps("diff", "keyless.markdown")).returncode == 0
    assert runner.summary.stat().st_size < SUMMARY_BYTES
    assert re.search(r"^… [0-9,]+ more lines are in the job's log$", runner.summary.read_text(), re.MULTILINE)


@pytest.mark.parametrize(("where", "owned"), [(None, False), ("checkout", True)])
def test_no_settings_of_a_checkout_run_a_command(runner: Runner, where: str | None, owned: bool) -> None:
    """The real command line runs `build` of the cdk.json where it is, even with a finished assembly."""
    runner.installed(f'exec {ROOT}/node_modules/.bin/cdk "$@"')
    (runner.checkout / "cdk.json").write_text('{"build": "touch owned"}')
    (runner.checkout / "cdk.out").symlink_to(runner.folder / "temp/assembly/cdk.out")
    runner.runs(steps("deploy", "keyless.assembly"), DIGEST=runner.downloaded(Archive()))
    step = steps("deploy", "/.bin/cdk")
    step["run"] = re.sub(r'cdk" deploy --app cdk\.out .*', 'cdk" list --app cdk.out --no-notices', step["run"])
    answer = runner.runs({**step, **({} if where is None else {"working-directory": str(runner.folder / where)})})
    assert "KeylessAurora-dev-sample" in answer.stdout, answer.stderr
    assert any(runner.folder.rglob("owned")) is owned
