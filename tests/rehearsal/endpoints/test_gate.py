"""The cluster endpoint's stand-in lets in whom Aurora would, and refuses with Aurora's words."""

import threading
from dataclasses import replace

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.emulator.iam.verdict import Verdict
from tests.rehearsal.endpoints.bad_tokens import BAD_TOKENS, only_proxy
from tests.rehearsal.endpoints.roles import USER, grant
from tests.rehearsal.endpoints.world import KEEPER, PASSWORD, World

PAM = 'FATAL:  PAM authentication failed for user "lambda_writer"'
NO_PASSWORD = 'FATAL:  password authentication failed for user "lambda_writer"'


def _refused(world: World, text: str, password: str | None = None, user: str = USER, **more: str) -> None:
    with pytest.raises(psycopg.OperationalError) as refusal:
        world.enter(world.cluster, password, user, **more)
    assert text in str(refusal.value)


def test_a_good_token_logs_in_over_tls_and_its_owner_is_on_record(world: World) -> None:
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        assert connection.execute(
            "SELECT session_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone() == (USER, True)
    event = world.last_event(world.cluster)
    assert (event.allowed, event.user, event.principal) == (
        True,
        USER,
        "arn:aws:sts::123456789012:assumed-role/writer/session",
    )


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_refused_as_by_pam_and_the_reason_is_on_record(world: World, kind: str) -> None:
    make, reason = BAD_TOKENS[kind]
    token = make(world)
    _refused(world, PAM, token)
    event = world.last_event(world.cluster)
    assert not event.allowed
    assert reason.lower() in event.reason.lower()
    assert token == " " or token not in repr(world.events.all())


def test_a_grant_counts_from_the_moment_it_is_made_or_taken(world: World) -> None:
    only_proxy(world)
    _refused(world, PAM)
    world.writer.resources[:] = [grant(world.cluster)]
    assert world.enter(world.cluster) == USER


def test_clear_text_is_refused_until_force_ssl_is_off(world: World) -> None:
    entry = f'user "{KEEPER}", database "app", no encryption'
    _refused(world, f'FATAL:  no pg_hba.conf entry for host "127.0.0.1", {entry}', PASSWORD, KEEPER, sslmode="disable")
    world.gate_settings = replace(world.gate_settings, force_ssl=False)
    assert world.enter(world.cluster, PASSWORD, KEEPER, sslmode="disable") == KEEPER


def test_an_iam_user_never_logs_in_in_clear_text(world: World) -> None:
    world.gate_settings = replace(world.gate_settings, force_ssl=False)
    _refused(world, NO_PASSWORD, sslmode="disable")


def test_no_token_counts_while_the_cluster_has_iam_off(world: World) -> None:
    world.gate_settings = replace(world.gate_settings, iam_enabled=False)
    _refused(world, NO_PASSWORD)
    world.gate_settings = replace(world.gate_settings, iam_enabled=True)
    assert world.enter(world.cluster) == USER


@pytest.mark.parametrize("binding", ["disable", "prefer", "require"])
def test_a_password_user_logs_in_by_scram_with_and_without_channel_binding(world: World, binding: str) -> None:
    assert world.enter(world.cluster, PASSWORD, KEEPER, channel_binding=binding) == KEEPER


def test_a_wrong_password_is_refused(world: World) -> None:
    _refused(world, 'password authentication failed for user "keeper"', "another", KEEPER)


def test_a_password_user_does_not_log_in_with_a_token(world: World) -> None:
    world.writer.resources.append(grant(world.cluster, KEEPER))
    _refused(
        world, 'password authentication failed for user "keeper"', world.writer.token(world.cluster, KEEPER), KEEPER
    )


@pytest.mark.parametrize("through", ["rds_iam", "lambda_writer"])
def test_a_password_user_is_locked_out_by_becoming_a_direct_or_indirect_member_of_rds_iam(
    world: World, through: str
) -> None:
    with world.database.superuser() as connection:
        connection.execute(SQL("GRANT {} TO keeper").format(Identifier(through)))
    _refused(world, 'PAM authentication failed for user "keeper"', PASSWORD, KEEPER)


def test_the_iam_master_is_let_in_by_token_and_not_by_password(world: World) -> None:
    with world.database.superuser() as connection:
        connection.execute("ALTER ROLE master PASSWORD 'a password'")
    _refused(world, 'PAM authentication failed for user "master"', PASSWORD, "master")
    world.writer.resources.append(grant(world.cluster, "master"))
    assert world.enter(world.cluster, world.writer.token(world.cluster, "master"), "master") == "master"


def test_the_superuser_is_rejected(world: World) -> None:
    world.writer.resources.append(grant(world.cluster, "rdsadmin"))
    _refused(world, "pg_hba.conf rejects connection", world.writer.token(world.cluster, "rdsadmin"), "rdsadmin")
    assert "rejects connection" in world.last_event(world.cluster).reason


def test_an_unknown_role_is_refused_like_a_wrong_password(world: World) -> None:
    _refused(world, 'password authentication failed for user "nobody_knows"', PASSWORD, "nobody_knows")


def test_a_role_name_longer_than_postgresql_takes_is_refused(world: World) -> None:
    _refused(world, "authentication failed", PASSWORD, "ä" * 60)


def test_postgresqls_own_refusals_are_handed_on(world: World) -> None:
    with world.database.superuser() as connection:
        connection.execute("ALTER ROLE lambda_writer CONNECTION LIMIT 0")
    _refused(world, 'too many connections for role "lambda_writer"')


def test_a_judge_that_fails_refuses(world: World) -> None:
    def broken(*, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        raise RuntimeError(token)

    world.judge = broken
    _refused(world, "FATAL:  the login could not be decided")
    assert world.last_event(world.cluster).reason == "the judge failed: RuntimeError"
    assert world.sessions() == 0


def test_a_running_statement_can_be_cancelled(world: World) -> None:
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        timer = threading.Timer(0.2, connection.cancel_safe)
        timer.start()
        with pytest.raises(errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(20)")
        timer.join()


def test_megabytes_pass_both_ways(world: World) -> None:
    text = "x" * 5_000_000
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        row = connection.execute("SELECT %s::text || 'y'", [text]).fetchone()
    assert row == (text + "y",)


def test_a_client_that_expects_another_name_does_not_connect(world: World) -> None:
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        world.enter(world.cluster, host="other.example")
