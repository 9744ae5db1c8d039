"""What makes the two users unequal, or is lost by a step, stands in its way and is named."""

from pathlib import Path

import pytest

from tests.database.cli.runner import Answer
from tests.database.migrate.stage import NEW, OLD, SPEC, Stage


@pytest.fixture
def started(stage: Stage) -> Stage:
    stage.made("start")
    return stage


def refused(stage: Stage, step: str, *arguments: str) -> Answer:
    """That changed nothing."""
    text, login = stage.text, stage.logs_in(OLD)
    answer = stage(step, "--sync", "--yes", *arguments)
    assert answer.status == 2 and "is not possible yet, and nothing was changed" in answer.err, (answer.out, answer.err)
    assert (stage.text, stage.logs_in(OLD)) == (text, login)
    return answer


def test_what_both_do_not_have_alike_stops_the_switch(started: Stage) -> None:
    started.by_hand(f"REVOKE INSERT ON bar.audit FROM {NEW}")
    with started.session(NEW):
        answer = refused(started, "switch")
    said = f"table bar.audit: {OLD} has INSERT, and {NEW} has not"
    assert said in answer.out and f"{OLD} and {NEW} are not alike: table bar.audit" in answer.err
    again = started("start")
    assert (again.status, said in again.out) == (2, True)
    started.made("start")  # whose sync gives it back
    assert started("start").status == 0


def test_a_point_about_names_can_be_accepted_by_its_name_and_a_right_can_not(started: Stage) -> None:
    started.by_hand("ALTER TABLE bar.audit ALTER name SET DEFAULT current_user")
    accept = ("--accept", "default value for column name of table bar.audit")
    assert started("start").status == 2
    assert started("start", *accept).status == 0
    with started.session(NEW):
        refused(started, "switch", "--accept", "default value")
        started.by_hand(f"GRANT TRUNCATE ON bar.audit TO {OLD}")
        refused(started, "switch", *accept, "--accept", "table bar.audit")
        started.by_hand(f"REVOKE TRUNCATE ON bar.audit FROM {OLD}")
        assert started("switch", "--sync", "--yes", *accept).status == 0


def test_nobody_is_switched_to_whom_nobody_has_seen(started: Stage) -> None:
    answer = refused(started, "switch", "--wait", "0")
    assert f"{NEW} has no session open, and PostgreSQL keeps no record" in answer.err


def test_who_is_still_used_is_not_switched_off_unless_told_to(started: Stage) -> None:
    with started.session(NEW), started.session(OLD) as session:
        pid = session.info.backend_pid
        answer = refused(started, "switch")
        assert f"{OLD} has 1 session open: pid {pid} in database app from a socket" in answer.err
        assert started("switch", "--sync", "--yes", "--end-sessions").status == 0
    assert started.logs_in(OLD) is False


def test_the_last_step_waits_for_sessions_and_what_is_owned(started: Stage) -> None:
    with started.session(NEW):
        started.made("switch")
    started.by_hand(f"ALTER ROLE {OLD} LOGIN")
    with started.session(OLD):
        answer = refused(started, "finish")
        assert f"{OLD} can still log in" in answer.err and "1 session open" in answer.err
    started.by_hand(
        f"ALTER ROLE {OLD} NOLOGIN", "CREATE TABLE public.mine (id int)", f"ALTER TABLE public.mine OWNER TO {OLD}"
    )
    answer = refused(started, "finish")
    assert f"{OLD} owns table public.mine; allowed: ALTER ... OWNER TO the schema's owner" in answer.err
    started.by_hand("DROP TABLE public.mine", "CREATE DATABASE elsewhere")
    with started.database.server.connect(database="elsewhere") as superuser:
        superuser.execute(f"CREATE SCHEMA mine AUTHORIZATION {OLD}")
        assert f"{OLD} owns objects in database elsewhere" in refused(started, "finish").err
        superuser.execute("DROP SCHEMA mine")
    started.made("finish")


def test_the_way_back_waits_for_the_new_users_sessions(started: Stage) -> None:
    with started.session(NEW):
        assert f"{NEW} has 1 session open" in refused(started, "back").err
        assert started("back", "--sync", "--yes", "--end-sessions").status == 0
    assert (started.text, started.logs_in(NEW)) == (SPEC, None)


def test_a_role_of_another_spec_is_not_touched(stage: Stage) -> None:
    stage.by_hand(f"CREATE ROLE {NEW}", f"COMMENT ON ROLE {NEW} IS '[managed by others]'")
    answer = refused(stage, "start")
    assert f"role {NEW} is there, and managed by others, not by this spec" in answer.err
    stage.by_hand(f"COMMENT ON ROLE {NEW} IS NULL")
    assert "managed by nobody" in refused(stage, "start").err
    other = refused(stage, "start", "--managed-by", "elsewhere")
    assert f'role {OLD} is there, and managed by "keyless-aurora"' in other.err


def test_a_user_that_was_edited_by_hand_since_is_named(started: Stage) -> None:
    started.spec.write_text(started.text.replace("groups: [readers]", "groups: [pg_monitor]", 1), encoding="utf-8")
    with started.session(NEW):
        assert "`groups`: the spec says one thing of report" in refused(started, "switch").out


def test_an_edit_whose_sync_never_ran_is_seen_and_made_up_for(stage: Stage, tmp_path: Path) -> None:
    assert stage("start").status == 0 and stage.logs_in(NEW) is None
    assert "report -> report_iam: started, and the databases are not there yet" in stage("status").out
    assert f"the databases don't have {NEW} as the spec has it" in refused(stage, "switch").err
    stage.made("start")
    with stage.session(NEW):
        assert stage("switch").status == 0 and stage.logs_in(OLD) is True
        assert "report -> report_iam: switched, and the databases are not there yet" in stage("status").out
        assert f"{OLD} can still log in" in refused(stage, "finish").err
        with stage.session(OLD):
            assert f"{OLD} has 1 session open" in refused(stage, "switch").err
        stage.made("switch")
    assert stage("finish", "--yes").status == 0 and stage.logs_in(OLD) is False
    stage.made("finish")
    assert stage.logs_in(OLD) is None


def test_a_way_back_that_stopped_half_way_is_gone_to_the_end(started: Stage) -> None:
    assert started("back").status == 0  # the file alone: a deploy would leave the role, without rights
    assert (started.text, started.logs_in(NEW)) == (SPEC, True)
    assert f"keyless migrate back {OLD} --sync, which drops {NEW}" in started("status").out
    started.made("back")
    assert started.logs_in(NEW) is None


def test_a_way_back_to_which_nobody_says_yes_leaves_the_file_as_it_is(started: Stage) -> None:
    text = started.text
    answer = started("back", "--sync")
    assert answer.status == 3 and "allowed: --yes" in answer.err
    assert (started.text, started.logs_in(NEW)) == (text, True)


def test_the_secret_of_a_user_that_has_gone_is_no_error(started: Stage) -> None:
    with started.session(NEW):
        started.made("switch")
    secret = ("--secret", f"{OLD}=arn:aws:secretsmanager:eu-central-1:123456789012:secret:report-a1b2c3")
    for _ in range(2):
        started.made("finish", *secret)
    assert started.logs_in(OLD) is None
