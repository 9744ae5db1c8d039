"""Each import that the architecture forbids is seen by its contract in pyproject.toml."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (
    "keyless_checks",
    "constructs",
    "bootstrap_lambda",
    "client",
    "keyless",
    "pyproject.toml",
)

FORBIDDEN = [
    ("bootstrap_lambda/db_access/spec/places.py", "db_access.plan.privileges", "Inside the engine"),
    ("bootstrap_lambda/db_access/plan/report.py", "db_access.postgresql.state", "Inside the engine"),
    (
        "bootstrap_lambda/db_access/postgresql/state/__init__.py",
        "db_access.postgresql.mark",
        "Inside the PostgreSQL family",
    ),
    (
        "bootstrap_lambda/db_access/postgresql/ddl/names.py",
        "db_access.postgresql.proof",
        "Inside the PostgreSQL family",
    ),
    ("bootstrap_lambda/db_access/mysql/state/server.py", "db_access.mysql.planning", "Inside the MySQL family"),
    ("bootstrap_lambda/db_access/mysql/run.py", "db_access.postgresql.state", "Inside the engine"),
    ("bootstrap_lambda/db_access/mysql/planning/roles.py", "pymysql", "is pure"),
    ("bootstrap_lambda/db_access/postgresql/planning/steps.py", "psycopg", "is pure"),
    ("bootstrap_lambda/db_access/plan/render/lines.py", "psycopg.sql", "is pure"),
    ("bootstrap_lambda/db_access/handler.py", "keyless_checks.ruleset", "What runs in a Lambda"),
    ("bootstrap_lambda/db_access/spec/model/base.py", "db_access.spec.problems.names", "No cycle anywhere"),
    ("bootstrap_lambda/db_access/plan/changes/base.py", "db_access.plan.render", "No cycle anywhere"),
    ("bootstrap_lambda/db_access/handler.py", "aws_cdk", "What runs in a Lambda"),
    ("constructs/keyless_aurora/access/spec_asset.py", "db_access.plan.report", "The CDK side knows the spec"),
    ("client/keyless_client/token.py", "db_access.errors", "The client and the probe know nothing of the engine"),
    ("keyless/cli/sync.py", "keyless_aurora.engines", "The operator's side imports no CDK"),
    ("constructs/keyless_aurora/settings/network.py", "keyless_aurora.network.vpc", "Inside keyless_aurora"),
    ("constructs/keyless_aurora/database/user.py", "keyless_aurora.functions.platform", "Inside keyless_aurora"),
    ("constructs/keyless_aurora/budget/rules.py", "aws_cdk", "Sums and matrices know no CDK"),
    ("keyless_checks/reading/subnets.py", "keyless_checks.rules.proxy", "Inside keyless_checks"),
    ("keyless_checks/rules/functions.py", "keyless_checks.rules.proxy", "No part's rules know another's"),
    ("keyless_checks/rules/database/logins.py", "aws_cdk", "The rules read templates only"),
    ("keyless/preflight/account/reader.py", "keyless.preflight.checks.zones", "The preflight"),
    ("keyless/fleet/connection.py", "keyless.fleet.look", "A fleet"),
    ("keyless/rehearsal/servers/rds_roles.py", "keyless.rehearsal.deployment.database", "The rehearsal"),
    ("keyless/rehearsal/emulator/services/sns.py", "keyless.rehearsal.emulator.types.registry", "The emulator"),
    ("keyless/rehearsal/endpoints/protocol/wire.py", "keyless.rehearsal.endpoints.gate", "The endpoints"),
    ("keyless/rehearsal/emulator/iam/verdict.py", "ministack.core", "Only the emulator's own process loads ministack"),
]
"""A file, what it must not import, and the contract that forbids it."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "stacks").mkdir()  # the user's, which are not what is tested here
    (folder / "stacks" / "__init__.py").touch()
    return folder


def broken_contracts(folder: Path) -> list[str]:
    lint = "import sys; sys.path[:0] = ['.', 'constructs', 'bootstrap_lambda', 'client']; "
    command = [
        sys.executable,
        "-c",
        lint + "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])",
    ]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Contracts: " in found.stdout, found.stdout + found.stderr
    verdicts = re.findall(r"(\S.*?) (KEPT|BROKEN)\b", " ".join(found.stdout.split()))  # long names are wrapped
    return [name for name, verdict in verdicts if verdict == "BROKEN"]


def test_the_project_keeps_every_contract(copied: Path) -> None:
    assert broken_contracts(copied) == []


@pytest.mark.parametrize(("file", "module", "contract"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(copied: Path, file: str, module: str, contract: str) -> None:
    path = copied / file
    text = path.read_text()
    path.write_text(f"{text}\n\ndef imports() -> None:\n    import {module}\n")
    try:
        assert any(contract in broken for broken in broken_contracts(copied))
    finally:
        path.write_text(text)
