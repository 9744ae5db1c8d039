"""The command of `keyless migrate`: what it asks, shows and refuses, of one user or all, with whatever names."""

import json
from pathlib import Path

import pytest

from tests.database.cli.terminal import at_terminal
from tests.database.engine import major
from tests.database.migrate.stage import NEW, OLD, SPEC, Stage

HOSTILE = "a\"b; DROP '</script>`x`|##[group]"
IN_YAML = json.dumps(HOSTILE)


def test_a_dry_run_shows_the_step_and_changes_nothing(stage: Stage) -> None:
    answer = stage("start", "--dry-run")
    assert answer.status == 0 and "+  - username: report_iam\n" in answer.out
    assert "next: keyless migrate start report\n" in answer.out
    assert (stage.text, stage.logs_in(NEW)) == (SPEC, None)
    assert stage("start", "--dry-run", "--sync").status == 1


def test_a_step_that_is_made_again_changes_nothing(stage: Stage) -> None:
    stage.made("start")
    again = stage.made("start", "--json").json
    assert (again["changed"], again["diff"], again["sync"]["databases"][0]["changes"]) == (False, "", [])
    with stage.session(NEW):
        stage.made("switch")
        assert not stage.made("switch", "--json").json["changed"]
    stage.made("finish")
    assert not stage.made("finish", "--json").json["changed"]
    assert "next: nothing: it is done" in stage("status").out


def test_programs_get_where_it_stands_what_differs_and_who_is_there(stage: Stage) -> None:
    stage.made("start")
    stage.by_hand(f"GRANT TRUNCATE ON bar.audit TO {OLD}")
    with stage.session(OLD) as session:
        answer = stage("switch", "--json")
        pid = session.info.backend_pid
    assert answer.status == 2
    (one,) = answer.json["migrations"]
    assert (one["user"], one["new_user"], one["phase"], one["followed"]) == (OLD, NEW, "started", True)
    (database,) = one["databases"]
    assert database["differences"] == [{
        "kind": "rights", "what": "table bar.audit", "difference": "report has TRUNCATE, and report_iam has not",
        "allowed": database["differences"][0]["allowed"], "accepted": False,
    }]  # fmt: skip
    assert [(each["user"], each["pid"]) for each in one["sessions"]] == [(OLD, pid)]
    assert len(one["obstacles"]) == 2 and not answer.json["changed"]


def test_the_last_step_asks_and_a_no_changes_nothing(stage: Stage) -> None:
    stage.made("start")
    with stage.session(NEW):
        stage.made("switch")
    text = stage.text
    answer = stage("finish", "--sync")
    assert answer.status == 3 and "there is no terminal to ask on; allowed: --yes" in answer.err
    question = "Drop report for good? There is no way back from here. [y/N] "
    finish: list[str | Path] = ["migrate", "finish", OLD, "--config", stage.spec, "--sync"]
    with at_terminal(stage.cli.environment, *finish) as person:
        person._read(lambda: person.seen.endswith(question))
        person.types("n\n")
        assert person.ends()[0] == 3
    assert stage.text == text and stage.logs_in(OLD) is False
    with at_terminal(stage.cli.environment, *finish) as person:
        person._read(lambda: person.seen.endswith(question))
        person.types("y\n")
        person.asked()
        person.types("y\n")
        assert person.ends()[0] == 0
    assert stage.logs_in(OLD) is None


def test_names_are_shown_as_they_are_and_speak_to_nobody(stage: Stage) -> None:
    stage.spec.write_text(SPEC.replace("username: report ", f"username: {IN_YAML} "), encoding="utf-8")
    assert stage.cli.sync(config=stage.spec).status == 0
    stage.by_hand('CREATE POLICY "its\x1b[31m\n own" ON bar.audit USING (name = current_user)')
    new = "succ\"essor'"
    answer = stage("start", "--new-name", new, "--sync", "--yes", user=HOSTILE)
    assert answer.status == 2 and "it asks who is logged in" in answer.out, answer.err
    said = answer.out + answer.err + stage("start", "--new-name", new, "--json", user=HOSTILE).out
    assert "\x1b" not in said and "\n own" not in said and "##[" not in said
    assert stage("back", "--new-name", new, "--sync", "--yes", user=HOSTILE).status == 0
    assert stage.text == SPEC.replace("username: report ", f"username: {IN_YAML} ")


def test_all_users_go_together_or_none(stage: Stage) -> None:
    two = SPEC.replace("# what comes", "  - {username: audit, auth_method: password, databases: [app]}\n# what comes")
    stage.spec.write_text(two, encoding="utf-8")
    assert stage.cli.sync(config=stage.spec).status == 0
    started = stage("start", "--all", "--sync", "--yes", user=None)
    assert started.status == 0 and "audit -> audit_iam: started\n" in started.out, started.err
    with stage.session(NEW):
        answer = stage("switch", "--all", "--wait", "0", "--sync", "--yes", user=None)
        assert answer.status == 2 and stage.logs_in(OLD) is True and "audit_iam has no session open" in answer.err
        with stage.session("audit_iam"):
            assert stage("switch", "--all", "--sync", "--yes", user=None).status == 0
    assert stage("status", user=None).out.count("switched") == 2
    for _ in range(2):
        assert stage("back", "--all", "--sync", "--yes", user=None).status == 0
    assert stage.text == two
    assert stage.logs_in("audit_iam") is None


def test_without_anybody_to_migrate_there_is_nothing_to_do(stage: Stage) -> None:
    stage.spec.write_text(
        SPEC.replace("auth_method: password\n    valid_until: 2031-01-01T00:00:00Z", "auth_method: iam")
    )
    answer = stage("status", user=None)
    assert answer.status == 0 and "no user has a password: there is nothing to migrate" in answer.out


def test_a_master_with_a_password_goes_first_where_it_joins_what_it_makes(stage: Stage) -> None:
    """From PostgreSQL 16 on it becomes a member of the IAM users that it makes."""
    stage.by_hand("REVOKE rds_iam FROM master CASCADE")
    answer = stage("start", "--sync", "--yes")
    if major(stage.database) < 16:
        assert answer.status == 0 and stage.logs_in(NEW), answer.err
        return
    assert answer.status == 1 and "would reach 'rds_iam' through a membership" in answer.err, answer.err
    assert (stage.logs_in(NEW), stage("back").status, stage.text) == (None, 0, SPEC)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start"], "nobody is named; allowed: USER, or --all"),
        (["start", OLD, "--all"], "USER is not allowed with --all"),
        (["start", "--all", "--new-name", "x"], "--new-name is not allowed with --all"),
        (["start", "repot"], "no user is named 'repot'; did you mean 'report'? allowed: report"),
        (["start", "migrator"], "'migrator' has auth_method 'iam'; allowed: a user with auth_method 'password'"),
        (["start", OLD, "--new-name", "pg_report"], "'pg_report' is reserved by PostgreSQL or RDS"),
        (["start", OLD, "--new-name", "r*"], "would stand for other users too"),
        (["start", OLD, "--new-name", "migrator", "--sync"], "`groups`: the spec says one thing of report"),
        (["switch", OLD], "the migration of 'report' has not started; allowed: keyless migrate start"),
        (["finish", OLD, "--yes"], "'report' still logs in; allowed: keyless migrate switch before"),
        (["start", OLD, "--config", "gone.yaml"], "gone.yaml: No such file or directory"),
    ],
)
def test_what_can_not_be_is_an_error_with_what_is_allowed(stage: Stage, arguments: list[str], said: str) -> None:
    config: list[str | Path] = [] if "--config" in arguments else ["--config", stage.spec]
    answer = stage.cli("migrate", *arguments, *config)
    assert answer.status in (1, 2) and said in answer.out + answer.err, (answer.status, answer.out, answer.err)
    assert stage.text == SPEC
