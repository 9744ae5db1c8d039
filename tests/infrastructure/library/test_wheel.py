"""One wheel brings everything that an app needs at run time, under names of its own, and is the same bytes each
time."""

import json
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.infrastructure.library.conftest import PACKAGES, Installed, built, copied_sources
from tests.infrastructure.support import CONTEXT, ROOT

SPEC = """\
version: 1
databases: [{name: app, schemas: [{name: shop, owner: app_owner}]}]
users: [{username: drift_watch, connection_limit: 2, databases: [app]}]
"""
SOURCES = (
    "keyless",
    "keyless_checks",
    "constructs/keyless_aurora",
    "bootstrap_lambda/db_access",
    "client/keyless_client",
    "client/keyless_probe",
)


def problems(wheel: Path) -> list[str]:
    """Names at the top that aren't the library's, and files of the repository that its packages lack."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    allowed = {*PACKAGES, f"keyless_aurora-{version}.dist-info"}
    strange = [f"{name}: not a name of its own" for name in sorted({n.partition("/")[0] for n in names} - allowed)]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SOURCES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    inside = [f.removeprefix("constructs/").removeprefix("bootstrap_lambda/").removeprefix("client/") for f in listed]
    return strange + [f"{name}: missing" for name in sorted(set(inside) - names)]


def test_the_wheel_has_every_file_of_its_packages_and_no_other_name(wheel: Path) -> None:
    assert problems(wheel) == []


@pytest.mark.parametrize(
    ("text", "broken", "found"),
    [
        ('"keyless_checks",\n', "", "keyless_checks/gates.py: missing"),
        ('"constructs/keyless_aurora"', '"constructs/keyless_aurora",\n    "scripts"', "scripts: not a name of its own"),
        ("[tool.hatch.build.targets.wheel]", '[tool.hatch.build.targets.wheel]\nexclude = ["*.guard"]', ".guard: missing"),
        ("[tool.hatch.build.targets.wheel]", '[tool.hatch.build.targets.wheel]\nexclude = ["*.pem"]', ".pem: missing"),
        ("[tool.hatch.build.targets.wheel]", '[tool.hatch.build.targets.wheel]\nexclude = ["requirements.txt"]', "requirements.txt: missing"),
    ],
)  # fmt: skip
def test_a_wheel_that_lacks_something_is_seen(tmp_path: Path, text: str, broken: str, found: str) -> None:
    root = copied_sources(tmp_path)
    settings = (root / "pyproject.toml").read_text()
    wheel_settings = settings.index("[tool.hatch.build.targets.wheel]")
    assert text in settings[wheel_settings:]
    changed = settings[:wheel_settings] + settings[wheel_settings:].replace(text, broken, 1)
    (root / "pyproject.toml").write_text(changed)
    assert any(problem.endswith(found) for problem in problems(built(tmp_path / "dist", root)))


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    other = built(tmp_path / "dist", copied_sources(tmp_path / "elsewhere"))
    assert other.name == wheel.name
    assert other.read_bytes() == wheel.read_bytes()


def test_what_is_imported_at_run_time_is_the_wheels(library: Installed, tmp_path: Path) -> None:
    code = f"import importlib; print(*[importlib.import_module(name).__file__ for name in {PACKAGES}])"
    said = library.run("-c", code, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    folder = library.python.parents[1]
    assert all(Path(file).is_relative_to(folder) for file in said.stdout.split())


def synthesized(library: Installed, folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """`source` as app.py in `folder`, run as the cdk command line runs it, but without bundles."""
    (folder / "app.py").write_text(source)
    (folder / "access.yaml").write_text(SPEC)
    context = {**CONTEXT, "environment": "test", "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}
    given = {"CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(folder / "out")}
    return library.run("app.py", cwd=folder, environment=given)


APP = Path(__file__).with_name("small_app.py").read_text()


def test_an_app_of_thirty_lines_in_an_empty_folder_passes_every_gate(library: Installed, tmp_path: Path) -> None:
    said = synthesized(library, tmp_path, APP)
    assert said.returncode == 0, said.stdout + said.stderr
    assert len(list((tmp_path / "out").glob("KeylessAurora-test-*.template.json"))) == 4


def test_the_gates_of_the_wheel_refuse_what_breaks_them(library: Installed, tmp_path: Path) -> None:
    stack = """
import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm


class Own(cdk.Stack):
    def __init__(self, scope, environment, foundation):
        super().__init__(scope, f"{environment.prefix}-own", env=environment.target)
        ssm.CfnParameter(self, "Unlisted", type="String", value="x")
"""
    (tmp_path / "own.py").write_text(stack)
    said = synthesized(
        library,
        tmp_path,
        APP.replace('Path("access.yaml"))', 'Path("access.yaml"), stacks=[Own])').replace(
            "import aws_cdk as cdk\n", "import aws_cdk as cdk\nfrom own import Own\n"
        ),
    )
    assert said.returncode != 0
    report = json.loads((tmp_path / "out" / "validation-report.json").read_text())
    refused = {each["pluginName"] for each in report["pluginReports"] if each["violations"]}
    assert refused == {"Keyless"}


def test_the_command_says_its_version(library: Installed, tmp_path: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    said = library.run("-m", "keyless", "--version", cwd=tmp_path)
    assert (said.returncode, said.stdout) == (0, f"keyless {version}\n")


def test_the_changelog_is_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()


def test_make_dist_refuses_files_that_git_does_not_have(tmp_path: Path) -> None:
    """In a copy, with nothing installed: it ends before it builds."""
    (tmp_path / "keyless").mkdir()
    (tmp_path / "keyless" / "secret.env").touch()
    for command in (["git", "init", "--quiet"], ["git", "add", "--force", "Makefile"]):
        (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
        subprocess.run(command, cwd=tmp_path, check=True)
    made = ["make", "dist", *(f"--old-file={stamp}" for stamp in (".venv/.for-dev", "node_modules/.for-dev"))]
    for stamp in (".venv/.for-dev", "node_modules/.for-dev", "requirements-dev.txt", "pyproject.toml"):
        (tmp_path / stamp).parent.mkdir(exist_ok=True)
        (tmp_path / stamp).touch()
    answer = subprocess.run(made, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "these files aren't in git, and would be in the wheel: keyless/secret.env" in answer.stderr
