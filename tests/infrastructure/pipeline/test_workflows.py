"""The GitHub workflows: two linters find nothing, rules of our own hold, and each is seen to refuse what it is there
for."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from keyless.access_plan.comment import MARKER
from keyless_aurora.functions.platform import LAMBDA
from tests.infrastructure.support import ROOT

BIN = Path(sys.executable).parent
OLDEST = (3, 11)
"""`requires-python` in pyproject.toml."""
PINNED = re.compile(r"uses: (?P<action>[\w.-]+/[\w./-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)")
CREDENTIALS = "aws-actions/configure-aws-credentials"
FORBIDDEN = (
    "secrets.",
    "secrets:",
    "pull_request_target",
    "workflow_run",
    "write-all",
    "access-key",
    "persist-credentials: true",
)
UNPACKED = "${{ runner.temp }}/assembly"
OWN_BRANCHES = "github.event.pull_request.head.repo.full_name == github.repository"
SILENCE = 'echo "::stop-commands::$(< /proc/sys/kernel/random/uuid)"'
CDK = r'"\$GITHUB_WORKSPACE/node_modules/\.bin/cdk" (diff|deploy) --app cdk\.out'
ALLOWED_WITH_ROLE = re.compile(
    r"git checkout --quiet --detach HEAD\^1|"
    r"npm ci --ignore-scripts --omit=optional --no-audit --no-fund|"
    r'python3 -m keyless\.assembly "\$RUNNER_TEMP/artifact/assembly\.tar\.gz" --sha256 "\$DIGEST" '
    r'--environment "\$ENVIRONMENT"( --app [a-z0-9-]+)?( --qualifier [a-z0-9-]+=[a-z0-9]+)* --into "\$RUNNER_TEMP/assembly"|'
    rf"{re.escape(SILENCE)}|{CDK}( --method template| --all --require-approval never)( --[a-z-]+)*"
    r'( events)?( 2>&1 \| tee "\$RUNNER_TEMP/diff\.txt")?|'
    r'python3 -m keyless\.markdown "cdk diff of \$ENVIRONMENT" "\$RUNNER_TEMP/diff\.txt" >> "\$GITHUB_STEP_SUMMARY"'
)
"""All that runs in a job that can get a role: the pinned cdk command line, on what another job has synthesized and this
one has looked at."""
CACHING = ("pull-request.yml", "test")
"""The job that may use a cache: it holds no permission, and nothing that it makes is deployed. GitHub gives a cache of a
pull request to that pull request only."""
SHOWS_NAMES = re.compile(r"cdk\" (diff|deploy)|make (--silent )?(synth|environments|access-plan)")
"""What prints names of the access spec or the database."""


def linted(github: Path) -> list[str]:
    """Which of the linters refuse the workflows, and why."""
    workflows = sorted((github / "workflows").glob("*.yml"))
    commands: list[list[str | Path]] = [
        [BIN / "actionlint", *workflows],
        [BIN / "zizmor", "--offline", "--quiet", "--strict-collection", "--no-config", github],
    ]
    found = [
        subprocess.run(command, cwd=github.parent, capture_output=True, text=True, check=False) for command in commands
    ]
    return [f"{Path(answer.args[0]).name}: {answer.stdout}{answer.stderr}" for answer in found if answer.returncode]


def problems(github: Path) -> Iterator[str]:
    """What our own rules say."""
    for path in sorted(github.rglob("*.yml")):
        text = path.read_text()
        yield from (
            f"{path.name}: {line.strip()} is not pinned by commit and version"
            for line in text.splitlines()
            if re.search(r"\buses: ", line) and not PINNED.search(line) and "uses: $/" not in line
        )
        yield from (f"{path.name}: {word}" for word in FORBIDDEN if word in text)
    for path in (github / "actions").rglob("*.yml"):
        if "actions/cache" in path.read_text():
            yield f"{path.parent.name}: every job that uses it takes what another run has left in a cache"
        if "- run: rm -rf .venv node_modules cdk.out" not in path.read_text():
            yield f"{path.parent.name}: takes for made what a commit has brought"
    for name, job, value in _jobs(github):
        yield from (f"{name} {job}: {problem}" for problem in _of_job(name, job, value))
    commits = {
        (found["action"], found["commit"], found["version"])
        for path in github.rglob("*.yml")
        for found in PINNED.finditer(path.read_text())
    }
    if len(commits) != len({action for action, *_ in commits}):
        yield "an action is used in two versions"


def _of_job(name: str, job: str, value: dict[str, Any]) -> Iterator[str]:
    permissions = value.get("permissions")
    if permissions is None:
        yield "says no permissions"
    writes = {permission for permission, access in (permissions or {}).items() if access == "write"}
    if name == "pull-request.yml" and writes and OWN_BRANCHES not in value.get("if", ""):
        yield "runs for forks, and may write"
    if "steps" not in value:
        return
    if "timeout-minutes" not in value:
        yield "may run for six hours"
    takes_role = any(step.get("uses", "").startswith(CREDENTIALS) for step in value["steps"])
    if takes_role != ("id-token" in writes):
        yield "may ask for a token that it doesn't use, or uses one that it may not ask for"
    if writes:
        yield from (
            f"runs {run!r} beside a permission"
            for step in value["steps"]
            if "run" in step
            for run in _commands(step["run"])
            if not ALLOWED_WITH_ROLE.fullmatch(run)
        )
    caches = [step for step in value["steps"] if step.get("uses", "").startswith("actions/cache")]
    if caches and (name, job) != CACHING:
        yield "takes what another run has left in a cache"
    yield from (f"caches {step['with']['path']}" for step in caches if step["with"]["path"] != ".mypy_cache")
    for step in value["steps"]:
        yield from _of_step(step, value)


def _of_step(step: dict[str, Any], job: dict[str, Any]) -> Iterator[str]:
    script, options = step.get("run", ""), step.get("with", {})
    if "${{" in script:
        yield f"puts an expression into a script: {script!r}"
    if SHOWS_NAMES.search(script) and not script.startswith(f"{SILENCE}\n"):
        yield f"lets names speak workflow commands: {script!r}"
    if re.search(CDK, script) and step.get("working-directory") != UNPACKED:
        yield "runs the command line where a cdk.json could lie"
    takes_artifact = "download-artifact" in step.get("uses", "") and "id-token" in job["permissions"]
    if takes_artifact and options.get("path") != "${{ runner.temp }}/artifact":
        yield "unpacks an artifact over the checkout"
    takes_role = step.get("uses", "").startswith(CREDENTIALS)
    if takes_role and options.get("role-duration-seconds") != max(900, 60 * job["timeout-minutes"]):
        yield "has a session that ends before the job may, or lasts longer"


def _commands(script: str) -> list[str]:
    return [line.strip().partition(" # ")[0] for line in script.splitlines()]


def _jobs(github: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in sorted((github / "workflows").glob("*.yml")):
        yield from ((path.name, job, value) for job, value in yaml.safe_load(path.read_text())["jobs"].items())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The workflows in a repository of their own."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return Path(shutil.copytree(ROOT / ".github", tmp_path / ".github"))


def test_the_workflows_are_clean(copy: Path) -> None:
    assert linted(copy) == []
    assert list(problems(copy)) == []


CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
CACHE = "actions/cache@9255dc7a253b0ccc959486e2bca901246202afeb # v5.0.1"
REFUSED_BY_A_LINTER = {
    "a job that isn't there": ("deploy.yml", "needs: [test, synth]", "needs: [tests, synth]"),
    "a misspelt context": ("pull-request.yml", "github.event.pull_request.number", "github.evnt.pull_request.number"),
    "an input that the called workflow doesn't have": ("deploy.yml", "      region: ", "      area: "),
    "a misspelt key": ("synth.yml", "runs-on: ubuntu-24.04", "run-on: ubuntu-24.04"),
    "an action by its tag": ("synth.yml", CHECKOUT, "actions/checkout@v7"),
    "another's code with our rights": ("pull-request.yml", "  pull_request:\n", "  pull_request_target:\n"),
    "a title in a script": (
        "synth.yml",
        'make synth ENV="$ENVIRONMENT"',
        'make synth ENV="${{ github.event.pull_request.title }}"',
    ),
    "a token left in the checkout": ("synth.yml", "        with:\n          persist-credentials: false\n", ""),
    "a schedule that no clock shows": ("matrix.yml", '"41 4 * * 1"', '"61 4 * * 1"'),
    "all secrets handed on": (
        "deploy.yml",
        "    uses: $/.github/workflows/synth.yml",
        "    uses: $/.github/workflows/synth.yml\n    secrets: inherit",
    ),
}


def _break(copy: Path, name: str, old: str, new: str) -> None:
    path = copy / "workflows" / name
    text = path.read_text()
    assert old in text, "the mutant changes nothing"
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("name", REFUSED_BY_A_LINTER)
def test_a_broken_workflow_is_refused_by_a_linter(copy: Path, name: str) -> None:
    _break(copy, *REFUSED_BY_A_LINTER[name])
    assert linted(copy) != []


REFUSED_BY_US = {
    "an action by its tag": ("synth.yml", CHECKOUT, "actions/checkout@v7"),
    "a commit that doesn't say its version": ("synth.yml", " # v7.0.1", ""),
    "two versions of an action": (
        "synth.yml",
        "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        f"{'0' * 40} # v7.0.0",
    ),
    "another's code with our rights": ("pull-request.yml", "  pull_request:\n", "  pull_request_target:\n"),
    "a secret": ("deploy-environment.yml", "vars.AWS_DEPLOY_ROLE", "secrets.AWS_DEPLOY_ROLE"),
    "every permission": ("deploy.yml", "permissions: {}", "permissions: write-all"),
    "a key where a role belongs": (
        "deploy-environment.yml",
        "role-to-assume: ${{ vars.AWS_DEPLOY_ROLE }}",
        "aws-access-key-id: AKIAIOSFODNN7EXAMPLE",
    ),
    "a token left in the checkout": ("synth.yml", "persist-credentials: false", "persist-credentials: true"),
    "the diff of a fork": ("pull-request.yml", f"if: ${{{{ {OWN_BRANCHES} && vars", "if: ${{ vars"),
    "the comment of a fork": ("pull-request.yml", f"!cancelled() && {OWN_BRANCHES}", "!cancelled()"),
    "no permissions": ("synth.yml", "    permissions:\n      contents: read\n", ""),
    "a token for the tests": (
        "deploy.yml",
        "      contents: read\n    steps",
        "      contents: read\n      id-token: write\n    steps",
    ),
    "no token for the deploy": (
        "deploy-environment.yml",
        "      id-token: write # for the environment's deploy role\n",
        "",
    ),
    "the project's code beside a role": (
        "deploy-environment.yml",
        "- run: python3",
        "- run: make test\n      - run: python3",
    ),
    "an archive unpacked by tar": (
        "deploy-environment.yml",
        'python3 -m keyless.assembly "$RUNNER_TEMP/artifact/assembly.tar.gz"',
        'tar -xzf "$RUNNER_TEMP/artifact/assembly.tar.gz"',
    ),
    "an assembly of any environment": ("deploy-environment.yml", ' --environment "$ENVIRONMENT"', ""),
    "an archive of any digest": ("pull-request.yml", ' --sha256 "$DIGEST"', ""),
    "an artifact over the checkout": (
        "deploy-environment.yml",
        "path: ${{ runner.temp }}/artifact",
        "path: ${{ github.workspace }}",
    ),
    "an artifact where it falls": ("pull-request.yml", "          path: ${{ runner.temp }}/artifact\n", ""),
    "an assembly over the checkout": ("deploy-environment.yml", '--into "$RUNNER_TEMP/assembly"', "--into ."),
    "settings from the checkout": (
        "deploy-environment.yml",
        "        working-directory: ${{ runner.temp }}/assembly # has cdk.out only: no cdk.json is read\n",
        "",
    ),
    "the command line of another place": (
        "pull-request.yml",
        '"$GITHUB_WORKSPACE/node_modules/.bin/cdk"',
        '"$RUNNER_TEMP/assembly/node_modules/.bin/cdk"',
    ),
    "a deploy whose session ends before it": (
        "deploy-environment.yml",
        "          role-duration-seconds: 5400",
        "          #",
    ),
    "a deploy that may take longer than its session": (
        "deploy-environment.yml",
        "timeout-minutes: 90",
        "timeout-minutes: 100",
    ),
    "events that speak workflow commands": ("deploy-environment.yml", f"          {SILENCE}\n", ""),
    "a diff that speaks workflow commands": ("pull-request.yml", f"          {SILENCE}\n", ""),
    "a refusal that speaks workflow commands": (
        "synth.yml",
        f"          {SILENCE}\n          make synth",
        "          make synth",
    ),
    "a list of environments that speaks workflow commands": (
        "synth.yml",
        f"          {SILENCE}\n          make --silent environments",
        "          make --silent environments",
    ),
    "a command behind the allowed one": (
        "deploy-environment.yml",
        "--progress events",
        "--progress events && make test",
    ),
    "an echo that does more": ("pull-request.yml", SILENCE, 'echo "$(env)"'),
    "a deploy that asks": ("deploy-environment.yml", " --require-approval never", ""),
    "a comparison that writes a change set": ("pull-request.yml", " --method template", ""),
    "scripts of packages beside a role": ("pull-request.yml", " --ignore-scripts", ""),
    "an expression in a script": ("synth.yml", '"$ENVIRONMENT"', "${{ matrix.environment.name }}"),
    "no time-out": ("synth.yml", "    timeout-minutes: 20\n", ""),
    "a scheduled run that may write": ("matrix.yml", "      contents: read\n", "      contents: write\n"),
    "a scheduled run with a token": (
        "matrix.yml",
        "      contents: read\n",
        "      contents: read\n      id-token: write\n",
    ),
    "a cache where something is deployed from": (
        "deploy.yml",
        "      - run: make test",
        f"      - uses: {CACHE}\n        with:\n          path: .mypy_cache\n          key: x\n      - run: make test",
    ),
    "a cache where templates are made": (
        "synth.yml",
        f"      - uses: {CHECKOUT}",
        f"      - uses: {CACHE}\n        with:\n          path: .mypy_cache\n          key: x\n      - uses: {CHECKOUT}",
    ),
    "a cache in every job's setup": (
        "../actions/setup/action.yml",
        "    - run: make setup",
        f"    - uses: {CACHE}\n      with:\n        path: .mypy_cache\n        key: x\n    - run: make setup",
    ),
    "a setup that takes what a commit has brought": (
        "../actions/setup/action.yml",
        "rm -rf .venv node_modules cdk.out",
        "true",
    ),
    "a cache of programs": ("pull-request.yml", "path: .mypy_cache", "path: .venv"),
    "a scheduled run without a time-out": ("matrix.yml", "    timeout-minutes: 60\n", ""),
}


@pytest.mark.parametrize("name", REFUSED_BY_US)
def test_a_broken_workflow_is_refused_by_our_rules(copy: Path, name: str) -> None:
    _break(copy, *REFUSED_BY_US[name])
    assert list(problems(copy)) != []


LIST = "needs.synth.outputs.environments"
PLACES = ("first", "second", "third", "fourth", "fifth")
"""An environment's place in the order of deploys. None of them is known by its name."""


def test_every_environment_of_the_app_is_synthesized_and_compared() -> None:
    jobs = {(name, job): value for name, job, value in _jobs(ROOT / ".github")}
    assert _synth()["environments"] == {"value": "${{ jobs.environments.outputs.list }}"}
    assert jobs["synth.yml", "synth"]["strategy"]["matrix"] == {
        "environment": "${{ fromJSON(needs.environments.outputs.list) }}"
    }
    assert jobs["pull-request.yml", "diff"]["strategy"]["matrix"] == {"environment": f"${{{{ fromJSON({LIST}) }}}}"}


def test_each_place_is_deployed_after_the_one_before_if_an_environment_has_it() -> None:
    jobs = {(name, job): value for name, job, value in _jobs(ROOT / ".github")}
    assert [job for name, job in jobs if name == "deploy.yml"] == ["test", "synth", *PLACES]
    assert [jobs["deploy.yml", place]["needs"] for place in PLACES] == [
        ["test", "synth"],
        *(["synth", before] for before in PLACES[:-1]),
    ]
    assert [jobs["deploy.yml", place]["if"] for place in PLACES] == [
        "${{ vars.AWS_REGION != '' }}",
        *(f"${{{{ fromJSON({LIST})[{at}].name != '' }}}}" for at in range(1, len(PLACES))),
    ]
    for at, place in enumerate(PLACES):
        assert jobs["deploy.yml", place]["with"] == {
            "environment": f"${{{{ fromJSON({LIST})[{at}].name }}}}",
            "region": f"${{{{ fromJSON({LIST})[{at}].region }}}}",
            "digest": f"${{{{ needs.synth.outputs.{place} }}}}",
        }
    assert jobs["deploy-environment.yml", "deploy"]["environment"] == "${{ inputs.environment }}"


@pytest.mark.parametrize(
    ("workflow", "job", "region"),
    [
        ("deploy-environment.yml", "deploy", "${{ inputs.region }}"),
        ("pull-request.yml", "diff", "${{ matrix.environment.region }}"),
    ],
)
def test_a_role_is_taken_in_the_environments_own_region(workflow: str, job: str, region: str) -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows" / workflow).read_text())["jobs"][job]["steps"]
    (step,) = [step for step in steps if step.get("uses", "").startswith(CREDENTIALS)]
    assert step["with"]["aws-region"] == region


def test_the_environments_are_listed_without_a_permission_and_without_the_tests_packages() -> None:
    (value,) = [value for name, job, value in _jobs(ROOT / ".github") if (name, job) == ("synth.yml", "environments")]
    assert (value["permissions"], value["env"]) == ({"contents": "read"}, {"SETUP": "synth"})


@pytest.mark.parametrize("folder", [".github", "keyless/init/template/app/dot-github"])
def test_no_workflow_names_an_environment(folder: str) -> None:
    """They are the user's: whatever they are called, no workflow changes."""
    for name, job, value in _jobs(ROOT / folder):
        named = {
            environment
            for environment in ("dev", "staging", "prod")
            if re.search(rf"(?<![\w.-]){environment}(?![\w.-])", str(value))
        }
        assert named == set(), f"{name} {job}"


def test_the_app_that_is_written_deploys_as_this_repository_does() -> None:
    ours, theirs = (
        yaml.safe_load((ROOT / folder / "workflows/deploy.yml").read_text())
        for folder in (".github", "keyless/init/template/app/dot-github")
    )
    assert ours == theirs


@pytest.mark.parametrize("folder", [".github", "keyless/init/template/app/dot-github"])
def test_what_is_deployed_is_made_by_lambdas_python(folder: str) -> None:
    """Another one compiles none of the bundles' modules."""
    target, oldest = (".".join(map(str, version)) for version in (LAMBDA.python, OLDEST))
    synth = yaml.safe_load((ROOT / folder / "workflows/synth.yml").read_text())["jobs"]["synth"]
    (setup,) = [step for step in synth["steps"] if step.get("uses", "").endswith("/actions/setup")]
    assert setup["with"] == {"python": target}
    action = yaml.safe_load((ROOT / folder / "actions/setup/action.yml").read_text())
    assert action["inputs"]["python"]["default"] == oldest
    (python,) = [step for step in action["runs"]["steps"] if "setup-python" in step.get("uses", "")]
    assert python["with"] == {"python-version": "${{ inputs.python }}"}


def test_each_environment_gets_the_digest_of_its_own_archive() -> None:
    """From the job that made it: an artifact can be replaced by any job of the run, its output can't."""
    jobs = {(name, job): value for name, job, value in _jobs(ROOT / ".github")}
    assert {name: value for name, value in _synth().items() if name != "environments"} == {
        place: {"value": f"${{{{ jobs.synth.outputs.{place} }}}}"} for place in PLACES
    }
    assert jobs["synth.yml", "synth"]["outputs"] == {
        place: f"${{{{ steps.archive.outputs.{place} }}}}" for place in PLACES
    }
    for key, digest in {
        ("deploy-environment.yml", "deploy"): "${{ inputs.digest }}",
        ("pull-request.yml", "diff"): "${{ needs.synth.outputs[matrix.environment.place] }}",
    }.items():
        (step,) = [step for step in jobs[key]["steps"] if "keyless.assembly" in step.get("run", "")]
        assert step["env"]["DIGEST"] == digest


def _synth() -> dict[str, Any]:
    """What it puts out."""
    synth = yaml.safe_load((ROOT / ".github/workflows/synth.yml").read_text())
    return dict(synth[True]["workflow_call"]["outputs"])


@pytest.mark.parametrize(
    ("workflow", "job", "environment"),
    [
        ("deploy-environment.yml", "deploy", "${{ inputs.environment }}"),
        ("pull-request.yml", "diff", "${{ matrix.environment.name }}"),
        ("synth.yml", "synth", "${{ matrix.environment.name }}"),
    ],
)
def test_an_assembly_is_taken_for_the_jobs_own_environment(workflow: str, job: str, environment: str) -> None:
    found = yaml.safe_load((ROOT / ".github/workflows" / workflow).read_text())["jobs"][job]
    (step,) = [step for step in found["steps"] if "keyless.assembly" in step.get("run", "")]
    assert {**found.get("env", {}), **step.get("env", {})}["ENVIRONMENT"] == environment


@pytest.mark.parametrize("job", ["access-plan", "diff"])
def test_what_is_proposed_is_shown_by_the_bases_tools(job: str) -> None:
    (steps,) = [value["steps"] for _, name, value in _jobs(ROOT / ".github") if name == job]
    assert steps[0]["with"]["fetch-depth"] == 2
    assert steps[1] == {"run": "git checkout --quiet --detach HEAD^1"}


def test_every_make_target_that_is_called_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = {
        target
        for path in (ROOT / ".github").rglob("*.yml")
        for target in re.findall(r"\bmake (?:--silent )?([a-z-]+)", "\n".join(_runs(yaml.safe_load(path.read_text()))))
    }
    assert {"setup", "test", "environments", "synth", "access-plan", "test-matrix", "newcomer"} == called
    assert called <= targets


@pytest.mark.parametrize(
    ("file", "triggers", "job", "target"),
    [
        ("matrix.yml", {"schedule", "workflow_dispatch"}, "engine", "test-matrix"),
        ("newcomer.yml", {"schedule", "workflow_dispatch", "push"}, "newcomer", "newcomer"),
    ],
)
def test_every_week_what_pull_requests_leave_out_is_tested(
    file: str, triggers: set[str], job: str, target: str
) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows" / file).read_text())
    on = workflow[True]  # YAML 1.1 takes the key `on` for a boolean
    assert on.keys() == triggers
    assert on.get("push", {"tags": ["v*"]}) == {"tags": ["v*"]}
    (schedule,) = on["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", schedule["cron"]), "not once a week"
    assert {name: value["permissions"] for name, value in workflow["jobs"].items()} == {job: {"contents": "read"}}
    assert list(_runs(workflow)) == [f"make {target}"]


def _runs(value: Any) -> Iterator[str]:
    match value:
        case {"run": str(script)}:
            yield script
        case dict():
            yield from (script for child in value.values() for script in _runs(child))
        case list():
            yield from (script for child in value for script in _runs(child))


def test_the_comment_is_found_by_the_plans_first_line() -> None:
    assert f"const marker = '{MARKER}';" in (ROOT / ".github/workflows/pull-request.yml").read_text()
