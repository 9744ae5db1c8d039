"""What a user changes leaves the user's tests green but for what must be reviewed, and one command accepts that."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infrastructure.testing.project import Project

SNAPSHOT = "test_everything_is_as_reviewed"
_READER = """
  - username: reader
    grants:
      - {database: app, schemas: [foo], access: read_only}
"""


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose tests are green."""
    project = Project.made(tmp_path_factory.mktemp("project") / "first")
    assert project.test(accept=True).failed == set()
    return project


@pytest.fixture
def project(accepted: Project, tmp_path: Path) -> Project:
    """A copy, to change."""
    return Project(Path(shutil.copytree(accepted.folder, tmp_path / "project")))


def an_environment(project: Project) -> None:
    project.edit(
        "environments.py",
        "(DEV,)",
        '(DEV, __import__("dataclasses").replace(DEV, name="qa", network=NewNetwork("10.40.0.0/20", _ZONES[:2])))',
    )


def a_database(project: Project) -> None:
    other = "databases:\n  - name: other\n    schemas:\n      - {name: things, owner: other_owner}\n"
    project.edit("config/access.yaml", "databases:\n  - name: app", f"{other}  - name: app")
    project.edit("config/access.yaml", "databases: [app]  ", "databases: [app, other]  ")


def a_function(project: Project) -> None:
    a_user(project)
    project.edit(
        "workload.py",
        "    return {",
        '    return {\n    "Reader": WorkloadFunction(code / "writer", user="reader", database="app", timeout_seconds=15),',
    )


def a_user(project: Project) -> None:
    project.edit("config/access.yaml", "\nusers:\n", f"\nusers:{_READER}")


def an_instance(project: Project) -> None:
    project.edit("environments.py", "(DEV,)", "(DEV.with_instance(),)")


def pattern_b(project: Project) -> None:
    project.edit(
        "environments.py",
        "import aws_cdk as cdk",
        "import aws_cdk as cdk\nfrom keyless_aurora.engines.matrix import Pattern",
    )
    project.edit("environments.py", "(DEV,)", "(DEV.with_pattern(Pattern.B),)")
    (project.folder / "config" / "access-password.yaml").replace(project.folder / "config" / "access.yaml")


CHANGES: dict[str, tuple[Callable[[Project], None], str]] = {
    "an environment": (an_environment, "qa/network.json: new"),
    "a database": (a_database, "+database other"),
    "a function": (a_function, "+workload/Reader/Function -> database/Proxy/Proxy: tcp 5432"),
    "a user": (a_user, "+user reader"),
    "an RDS instance": (an_instance, "-max_connections"),
    "pattern B": (pattern_b, "+user lambda_writer: auth_method password"),
}
"""What is changed, and what of it the snapshot shows."""


@pytest.mark.parametrize("name", CHANGES)
def test_only_the_snapshot_fails_and_says_how_to_accept_it(project: Project, name: str) -> None:
    change, shown = CHANGES[name]
    change(project)
    first = project.test()
    assert first.failed == {SNAPSHOT}, first.text
    assert shown in first.text
    assert "UPDATE_SNAPSHOTS=1 make yours" in first.text


def test_what_is_accepted_is_green_from_then_on(project: Project) -> None:
    for change in (an_environment, a_database, a_function):
        change(project)
    assert project.test(accept=True).failed == set()
    assert project.test().failed == set()


def test_a_finding_of_a_gate_is_not_accepted(project: Project) -> None:
    project.edit(
        "workload.py",
        "def workload(",
        "def open_to_all(scope, environment, foundation):\n"
        "    from aws_cdk import aws_ec2 as ec2\n"
        "    made = workload(scope, environment, foundation)\n"
        '    ec2.CfnSecurityGroupIngress(made, "Open", ip_protocol="-1", cidr_ip="0.0.0.0/0", group_id="sg-1")\n'
        "    return made\n\n\n"
        "def workload(",
    )
    project.edit("app.py", "stacks=[workload]", "stacks=[open_to_all]")
    project.edit("app.py", "import workload", "import open_to_all")
    found = project.test(accept=True)
    assert found.failed == {"test_every_gate_holds"}
    assert "KeylessAurora-dev-workload/Open" in found.text


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("environments.py", "watch_hours=6", "watch_hours=7", "monitoring.watch_hours: 7 doesn't divide the day"),
        ("config/access.yaml", "access: write_only", "access: everything", "config/access.yaml:21"),
    ],
)
def test_what_is_refused_fails_each_test_in_the_words_of_a_synth(
    project: Project, file: str, old: str, new: str, says: str
) -> None:
    project.edit(file, old, new)
    found = project.test()
    assert found.failed == {SNAPSHOT, "test_every_gate_holds"}
    assert says in found.text
