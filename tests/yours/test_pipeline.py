"""What the pipeline's files must say of your environments."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from app import app
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.repository import Repository

GITHUB = Path(__file__).parents[2] / ".github"
CODEOWNERS = (GITHUB / "CODEOWNERS").read_text()
PLACEHOLDER = "@your-org/your-team"


def without_a_team(text: str, environments: Iterable[Environment]) -> list[str]:
    """Environments whose pipeline deploys while nobody owns anything: GitHub ignores a team that doesn't exist."""
    return [each.name for each in environments if each.repository and PLACEHOLDER in text]


def test_a_pipeline_has_a_team_in_place_of_the_placeholder() -> None:
    assert without_a_team(CODEOWNERS, app().environments.values()) == []


def test_a_placeholder_beside_a_pipeline_is_seen() -> None:
    name, environment = next(iter(app().environments.items()))
    deployed = replace(environment, repository=Repository("acme@1/aurora@2"))
    assert without_a_team(f"* {PLACEHOLDER}", [deployed]) == [name]
    assert without_a_team("* @acme/data", [deployed]) == []


@pytest.mark.parametrize("workflow", ["deploy-environment.yml", "pull-request.yml", "synth.yml"])
def test_a_workflow_takes_each_assembly_by_the_environments_own_qualifier(workflow: str) -> None:
    said = set(re.findall(r"--qualifier (\S+)", (GITHUB / "workflows" / workflow).read_text()))
    own = {name: each.qualifier for name, each in app().environments.items() if each.qualifier}
    assert said == {f"{name}={qualifier}" for name, qualifier in own.items()}, "as stacks/environments.py has them"


@pytest.mark.parametrize("workflow", ["deploy-environment.yml", "pull-request.yml", "synth.yml"])
def test_a_workflow_takes_each_assembly_by_the_apps_own_name(workflow: str) -> None:
    said = re.findall(r"--app ([a-z0-9-]+)", "".join(_calls((GITHUB / "workflows" / workflow).read_text())))
    assert said == ([app().name] if app().name else []), "as app.py has it"


def _calls(text: str) -> list[str]:
    return [line for line in text.splitlines() if "keyless.assembly " in line]
