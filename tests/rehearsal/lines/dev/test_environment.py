"""`--env dev`: the command finds a deployed environment by AWS credentials, and logs in there with a token of its own."""

import json
from pathlib import Path

import pytest

from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed
from tests.app.app import HERE
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.forward import forwarded
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.dev.place import PLACE

SPEC = str(Path(HERE, "config", "access.yaml"))
OTHERS = {"PGHOST": "127.0.0.1", "PGUSER": "somebody", "PGPASSWORD": "of-another-place", "PGSERVICE": "elsewhere"}


def last(stage: Stage, endpoint: Endpoint) -> tuple[str, str, bool]:
    event = stage.events.all()[-1]
    assert event.endpoint == endpoint.host
    return event.endpoint, event.user, event.allowed


def test_prove_connects_as_the_master_of_the_environment(stage: Stage, operator: Operator) -> None:
    answer = keyless("prove", "--config", SPEC, "--env", "dev", "--json", **operator.at(stage.database))
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["databases"][0]["holds"] is True
    assert last(stage, stage.database) == (stage.database.host, stage.deployed.database.master, True)
    assert "X-Amz-" not in answer.stdout + answer.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("sync", "--config", SPEC, "--dry-run", "--detailed-exitcode"),
        ("who", "can", "CONNECT", "app"),
        ("what", "can", "lambda_writer", "--database", "app"),
        ("matrix", "--database", "app"),
    ],
    ids=lambda command: command[0],
)
def test_each_command_does(stage: Stage, operator: Operator, command: tuple[str, ...]) -> None:
    answer = keyless(*command, "--env", PLACE.prefix, **operator.at(stage.database))
    assert answer.returncode == 0, answer.stderr


def test_each_command_that_writes_a_file_does(stage: Stage, operator: Operator, tmp_path: Path) -> None:
    spec, approved = str(tmp_path / "access.yaml"), str(tmp_path / "dev.json")
    for command in (
        ("adopt", "--database", "app", "--to", spec),
        ("approve", "--config", SPEC, "--to", approved),
    ):
        answer = keyless(*command, "--env", "dev", **operator.at(stage.database))
        assert answer.returncode == 0, answer.stderr
    assert [one["effects"] for one in json.loads(Path(approved).read_text())["databases"]] == [[]]
    answer = keyless("approve", "--config", SPEC, "--to", approved, "--env", "dev", "--first")
    assert (answer.returncode, "--env has no effect with --function or --first" in answer.stderr) == (1, True)


def test_a_report_has_the_way_as_the_deployed_templates_say(
    stage: Stage, operator: Operator, deployed: Deployed, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    command = ("report", "--config", SPEC, "--to", str(page), "--env", "dev")
    refused = keyless(*command, **operator.at(stage.database))
    assert (refused.returncode, "cloudformation:GetTemplate" in refused.stderr, page.exists()) == (1, True, False)
    operator.may(templates=True)
    try:
        answer = keyless(*command, **operator.at(stage.database))
    finally:
        operator.may()
    assert answer.returncode == 0, answer.stderr
    text = page.read_text(encoding="utf-8")
    digests = {"spec": deployed.spec_digest, **deployed.digests}
    assert [name for name, digest in digests.items() if digest not in text] == []
    for said in ("Access report of dev", "RDS Proxy", "its own IAM token", "TLS required"):
        assert said in text
    assert "X-Amz-" not in text + answer.stderr


def test_an_edit_of_the_spec_syncs_there(stage: Stage, operator: Operator, tmp_path: Path) -> None:
    """And is refused before the file is touched where the environment isn't there."""
    spec, edit = tmp_path / "access.yaml", ("alter-user", "migrator", "--connection-limit", "7", "--sync", "--env")
    before = Path(SPEC).read_bytes()
    spec.write_bytes(before)
    answer = keyless(*edit, "prod", "--config", str(spec), **operator.at(stage.database))
    assert (answer.returncode, spec.read_bytes()) == (1, before), answer.stderr
    try:
        answer = keyless(*edit, "dev", "--config", str(spec), **operator.at(stage.database))
        assert (answer.returncode, "migrator" in answer.stdout) == (0, True), answer.stderr
        with stage.superuser() as superuser:
            limit = superuser.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'migrator'").fetchone()
        assert limit == (7,)
    finally:
        keyless("sync", "--yes", "--config", SPEC, "--env", "dev", **operator.at(stage.database))
    assert keyless("prove", "--config", SPEC, "--env", "dev", **operator.at(stage.database)).returncode == 0


def test_what_the_shell_says_of_another_place_does_not_count_and_is_named(stage: Stage, operator: Operator) -> None:
    answer = keyless("matrix", "--database", "app", "--env", "dev", **{**operator.at(stage.database), **OTHERS})
    assert answer.returncode == 0, answer.stderr
    assert "--env dev says where and as whom; not used, for it may be of another place: PGHOST, PGUSER, PGPASSWORD, PGSERVICE" in answer.stderr  # fmt: skip
    assert "of-another-place" not in answer.stderr


def test_nothing_is_sent_to_whoever_else_answers_where_the_tunnel_ends(stage: Stage, operator: Operator) -> None:
    before = len(stage.events.all())
    answer = keyless("matrix", "--database", "app", "--env", "dev", **operator.at(stage.proxy))
    assert (answer.returncode, "certificate" in answer.stderr) == (1, True), answer.stderr
    assert len(stage.events.all()) == before


def test_through_a_tunnel_the_token_is_for_the_endpoints_own_port(stage: Stage, operator: Operator) -> None:
    with forwarded(stage.database.address, stage.database.port) as port:
        there = {**operator.at(stage.database), "PGHOSTADDR": "127.0.0.1", "PGPORT": str(port)}
        answer = keyless("matrix", "--database", "app", "--env", "dev", **there)
    assert answer.returncode == 0, answer.stderr
    assert last(stage, stage.database)[2]


def test_without_a_network_path_it_says_so(stage: Stage, operator: Operator) -> None:
    (nobody,) = free_loopback_addresses(1)
    there = {**operator.at(stage.database), "PGHOSTADDR": nobody}
    answer = keyless("matrix", "--database", "app", "--env", "dev", **there)
    assert (answer.returncode, "no network path to it" in answer.stderr) == (1, True), answer.stderr
