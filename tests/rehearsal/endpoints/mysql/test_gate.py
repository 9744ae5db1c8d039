"""The database endpoint's stand-in lets in whom RDS would, and refuses in the server's own words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pymysql
import pytest

from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.endpoints import tokens
from tests.mysql.servers import rows
from tests.rehearsal.endpoints.mysql.world import KEEPER, KEEPERS_PASSWORD, LOCKED, World
from tests.rehearsal.endpoints.roles import USER, grant

DENIED = "Access denied for user '{}'@"


def _refused(world: World, text: str, password: str | None = None, user: str = USER, **more: object) -> None:
    with pytest.raises(pymysql.OperationalError) as refusal:
        world.enter(world.cluster, password, user, **more)
    assert text in str(refusal.value)


def only_proxy(world: World) -> str:
    """A token of a role whose policy names the proxy only."""
    world.writer.resources[:] = [grant(world.proxy)]
    return world.writer.token(world.cluster)


BAD_TOKENS: dict[str, tuple[Callable[[World], str], str]] = {
    "expired": (lambda world: world.writer.token(world.cluster, age=timedelta(seconds=901)), "ExpiredToken"),
    "tampered": (lambda world: tokens.tampered(world.writer.token(world.cluster)), "SignatureDoesNotMatch"),
    "for another user": (lambda world: world.writer.token(world.cluster, "migrator"), "InvalidToken"),
    "for another host": (lambda world: world.writer.token(world.cluster, host="other.example"), "InvalidToken"),
    "for the proxy": (lambda world: world.writer.token(world.proxy), "InvalidToken"),
    "for another region": (lambda world: world.writer.token(world.cluster, region="us-east-1"), "InvalidToken"),
    "of a role that may only use the proxy": (only_proxy, "ImplicitDeny"),
    "empty": (lambda world: "", "InvalidToken"),
    "a password": (lambda world: KEEPERS_PASSWORD, "InvalidToken"),
    "the plugin's key": (lambda world: world.instance.server.key, "InvalidToken"),
}


def test_a_good_token_logs_in_over_tls_and_its_owner_is_on_record(world: World) -> None:
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        assert rows(connection, "SELECT CURRENT_USER()") == [(f"{USER}@%",)]
        ((_, cipher),) = rows(connection, "SHOW STATUS LIKE 'Ssl_cipher'")
        assert cipher
    event = world.last_event(world.cluster)
    owner = "arn:aws:sts::123456789012:assumed-role/writer/session"
    assert (event.allowed, event.user, event.principal) == (True, USER, owner)


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_refused_as_a_wrong_password_and_the_reason_is_on_record(world: World, kind: str) -> None:
    make, reason = BAD_TOKENS[kind]
    token = make(world)
    _refused(world, DENIED.format(USER), token)
    event = world.last_event(world.cluster)
    assert not event.allowed
    assert reason.lower() in event.reason.lower()
    assert not token or token not in repr(world.events.all())


def test_a_grant_counts_from_the_moment_it_is_made_or_taken(world: World) -> None:
    only_proxy(world)
    _refused(world, DENIED.format(USER))
    world.writer.resources[:] = [grant(world.cluster)]
    assert world.enter(world.cluster) == USER


def test_clear_text_is_refused_until_it_is_allowed(world: World) -> None:
    _refused(world, "require_secure_transport=ON", KEEPERS_PASSWORD, KEEPER, ssl=None, ssl_disabled=True)
    world.gate_settings = replace(world.gate_settings, require_secure_transport=False)
    world.enter(world.cluster, KEEPERS_PASSWORD, KEEPER)  # MySQL knows its hash from now on, and PyMySQL needs that
    assert world.enter(world.cluster, KEEPERS_PASSWORD, KEEPER, ssl=None, ssl_disabled=True) == KEEPER


@pytest.mark.parametrize("requires", ["SSL", "NONE"])
def test_an_iam_account_never_logs_in_in_clear_text_and_is_not_asked_for_its_token(world: World, requires: str) -> None:
    world.gate_settings = replace(world.gate_settings, require_secure_transport=False)
    with world.instance.superuser() as owner:
        rows(owner, f"ALTER USER {USER}@'%' REQUIRE {requires}")
    _refused(world, DENIED.format(USER), ssl=None, ssl_disabled=True)
    assert world.last_event(world.cluster).reason == "a token is taken inside TLS only"


def test_no_token_counts_while_the_database_has_iam_off(world: World) -> None:
    world.gate_settings = replace(world.gate_settings, iam_enabled=False)
    _refused(world, DENIED.format(USER))
    world.gate_settings = replace(world.gate_settings, iam_enabled=True)
    assert world.enter(world.cluster) == USER


def test_a_password_account_logs_in_by_its_password_the_first_time_and_again(world: World) -> None:
    for _ in range(2):  # caching_sha2_password knows it from then on
        assert world.enter(world.cluster, KEEPERS_PASSWORD, KEEPER) == KEEPER


def test_a_wrong_password_is_refused(world: World) -> None:
    _refused(world, DENIED.format(KEEPER), "another", KEEPER)


def test_a_password_account_does_not_log_in_with_a_token(world: World) -> None:
    world.writer.resources.append(grant(world.cluster, KEEPER))
    _refused(world, DENIED.format(KEEPER), world.writer.token(world.cluster, KEEPER), KEEPER)


def test_a_locked_account_is_refused_with_a_good_token_and_that_is_on_record(world: World) -> None:
    world.writer.resources.append(grant(world.cluster, LOCKED))
    _refused(world, "locked", world.writer.token(world.cluster, LOCKED), LOCKED)
    assert "locked" in world.last_event(world.cluster).reason


def test_an_account_that_is_not_there_is_refused_like_a_wrong_password(world: World) -> None:
    world.writer.resources.append(grant(world.cluster, "stranger"))
    _refused(world, DENIED.format("stranger"), world.writer.token(world.cluster, "stranger"), "stranger")


def test_nobody_reaches_the_server_past_the_gate_with_a_token(world: World) -> None:
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        world.instance.server.log_in(USER, world.writer.token(world.cluster))


def test_the_owner_does_not_log_in_from_outside(world: World) -> None:
    world.writer.resources.append(grant(world.cluster, "rdsadmin"))
    _refused(world, DENIED.format("rdsadmin"), world.writer.token(world.cluster, "rdsadmin"), "rdsadmin")


def test_a_database_that_is_not_there_is_named_in_the_servers_words(world: World) -> None:
    with pytest.raises(pymysql.Error, match="nowhere"):
        world.enter(world.cluster, database="nowhere")


def test_a_judge_that_fails_refuses(world: World) -> None:
    def broken(*, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        raise RuntimeError(token)

    world.judge = broken
    _refused(world, "the login could not be decided")
    assert world.last_event(world.cluster).reason == "the judge failed: RuntimeError"
    assert world.sessions() == 0


def test_a_running_statement_can_be_killed_by_the_number_that_the_client_was_greeted_with(world: World) -> None:
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        assert rows(connection, "SELECT CONNECTION_ID()") == [(connection.thread_id(),)]


def test_megabytes_pass_both_ways(world: World) -> None:
    text = "x" * 3_000_000
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        assert rows(connection, "SELECT CONCAT(%s, 'y')", text) == [(text + "y",)]


def test_a_client_that_expects_another_name_does_not_connect(world: World) -> None:
    with pytest.raises(pymysql.OperationalError, match=r"not valid for 'other\.example'"):
        world.enter(world.cluster, host="other.example")
