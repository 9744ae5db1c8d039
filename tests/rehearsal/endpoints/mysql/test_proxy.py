"""RDS Proxy's stand-in: the caller's token at the proxy, the proxy role's own at the database, or a secret's password
at both."""

from dataclasses import replace

import pymysql
import pytest

from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets
from keyless.rehearsal.endpoints.proxy.settings import Credentials, ProxySettings, SecretAuth
from tests.mysql.servers import rows
from tests.rehearsal.endpoints.mysql import raw
from tests.rehearsal.endpoints.mysql.test_gate import BAD_TOKENS
from tests.rehearsal.endpoints.mysql.world import KEEPER, KEEPERS_PASSWORD, LOCKED, World
from tests.rehearsal.endpoints.roles import USER, grant

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keeper"


def _refused(world: World, text: str, password: str | None = None, user: str = USER, **more: object) -> None:
    with pytest.raises(pymysql.Error) as refusal:
        world.enter(world.proxy, password, user, **more)
    assert text in str(refusal.value)


def _with_secret(world: World, *, iam: bool = False, default: bool = False, password: str = KEEPERS_PASSWORD) -> None:
    world.secrets[ARN] = Credentials(KEEPER, password)
    auth = (SecretAuth(ARN, iam),)
    world.proxy_settings = ProxySettings(require_tls=True, iam_by_default=default, secrets=auth)


def test_a_token_for_the_proxy_gets_in_and_both_ends_have_whose_it_is_on_record(world: World) -> None:
    assert world.enter(world.proxy) == USER
    assert world.last_event(world.proxy).principal.endswith("assumed-role/writer/session")
    assert world.last_event(world.cluster).principal.endswith("assumed-role/proxy/session")


@pytest.mark.parametrize("kind", sorted({*BAD_TOKENS} - {"for the proxy"}))
def test_a_bad_token_or_one_for_the_database_is_refused_before_the_database_hears_of_it(
    world: World, kind: str
) -> None:
    before = len(world.events.all())
    _refused(world, f"Access denied for user '{USER}'", BAD_TOKENS[kind][0](world))
    (event,) = world.events.all()[before:]
    assert (event.endpoint, event.allowed) == (world.proxy.host, False)


def test_the_database_refuses_a_proxy_whose_role_may_not_connect(world: World) -> None:
    world.proxy_role.resources[:] = [grant(world.cluster, KEEPER)]
    _refused(world, f"Access denied for user '{USER}'")
    assert "the proxy's own role" in world.last_event(world.proxy).reason


def test_clear_text_is_refused_and_no_token_is_asked_for_where_it_is_allowed(world: World) -> None:
    _refused(world, "requires TLS", ssl=None, ssl_disabled=True)
    world.proxy_settings = replace(world.proxy_settings, require_tls=False)
    _refused(world, "Access denied", ssl=None, ssl_disabled=True)
    assert world.last_event(world.proxy).reason == "a token is taken inside TLS only"


def test_a_locked_account_is_refused_in_the_databases_words(world: World) -> None:
    for role, endpoint in ((world.writer, world.proxy), (world.proxy_role, world.cluster)):
        role.resources.append(grant(endpoint, LOCKED))
    _refused(world, "locked", world.writer.token(world.proxy, LOCKED), LOCKED)


def test_a_token_of_a_password_account_has_no_way_to_the_database(world: World) -> None:
    for role, endpoint in ((world.writer, world.proxy), (world.proxy_role, world.cluster)):
        role.resources.append(grant(endpoint, KEEPER))
    _refused(world, "no credentials", world.writer.token(world.proxy, KEEPER), KEEPER)
    assert "the database asked for a password" in world.last_event(world.proxy).reason


@pytest.mark.parametrize("tls", [True, False])
def test_a_secrets_password_gets_in_at_both_ends(world: World, tls: bool) -> None:
    _with_secret(world)
    world.proxy_settings = replace(world.proxy_settings, require_tls=tls)
    for _ in range(2):  # caching_sha2_password knows it from then on
        more = {} if tls else {"ssl": None, "ssl_disabled": True}
        assert world.enter(world.proxy, KEEPERS_PASSWORD, KEEPER, **more) == KEEPER
    assert world.last_event(world.proxy).reason == f"the password of secret {ARN}"


@pytest.mark.parametrize("password", ["another", "", KEEPERS_PASSWORD + "x"])
def test_another_password_than_the_secrets_is_refused_by_the_proxy(world: World, password: str) -> None:
    _with_secret(world)
    _refused(world, f"Access denied for user '{KEEPER}'", password, KEEPER)


def test_a_secret_that_the_database_does_not_know_any_more_is_refused_there(world: World) -> None:
    _with_secret(world, password="a former one")
    _refused(world, f"Access denied for user '{KEEPER}'", "a former one", KEEPER)
    assert "the proxy's secret" in world.last_event(world.proxy).reason
    _refused(world, f"Access denied for user '{KEEPER}'", KEEPERS_PASSWORD, KEEPER)


def test_an_empty_secret_lets_nobody_in(world: World) -> None:
    _with_secret(world, password="")
    with world.instance.superuser() as owner:
        rows(owner, "ALTER USER keeper@'%' IDENTIFIED BY ''")
    _refused(world, f"Access denied for user '{KEEPER}'", "", KEEPER)


def test_where_a_secret_requires_iam_the_client_shows_a_token_and_the_proxy_knows_the_password(world: World) -> None:
    _with_secret(world, iam=True)
    world.writer.resources.append(grant(world.proxy, KEEPER))
    _refused(world, f"Access denied for user '{KEEPER}'", KEEPERS_PASSWORD, KEEPER)
    assert world.enter(world.proxy, world.writer.token(world.proxy, KEEPER), KEEPER) == KEEPER


def test_a_user_without_a_secret_has_no_way_in_where_the_default_is_not_iam(world: World) -> None:
    _with_secret(world)
    _refused(world, "no credentials")


def test_nobody_gets_a_connection_that_the_proxy_does_not_have(world: World) -> None:
    world.proxy_settings = replace(world.proxy_settings, max_connections=1, borrow_seconds=0.2)
    with world.login(world.proxy, world.writer.token(world.proxy)):
        _refused(world, "Timed-out waiting to acquire database connection")
    assert world.enter(world.proxy) == USER


def test_a_client_that_is_in_does_not_become_another_user_by_its_password(world: World) -> None:
    session = raw.logged_in(world, world.proxy)
    reply = session.command(raw.CHANGE_USER + KEEPER.encode() + b"\0\0\0\x2d\0mysql_native_password\0")
    assert reply == packets.error(1047, "08S01", "Unknown command")
    assert raw.ends(session.sock) == b""
    assert world.last_event(world.proxy).reason == "the client asked to be another user"


def test_the_proxy_offers_no_compression_and_takes_none(world: World) -> None:
    client, greeting = raw.greeted(world.proxy)
    client.sock.close()
    assert not greeting.capabilities & (handshake.COMPRESS | handshake.ZSTD)
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        assert rows(connection, "SHOW STATUS LIKE 'Compression'") == [("Compression", "OFF")]


def test_each_client_has_a_nonce_and_a_number_of_its_own(world: World) -> None:
    greetings = []
    for _ in range(3):
        client, greeting = raw.greeted(world.proxy)
        client.sock.close()
        greetings.append(greeting)
    assert len({greeting.nonce for greeting in greetings}) == len({greeting.thread for greeting in greetings}) == 3


def test_megabytes_pass_both_ways(world: World) -> None:
    text = "x" * 3_000_000
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        assert rows(connection, "SELECT CONCAT(%s, 'y')", text) == [(text + "y",)]


def test_nothing_of_a_token_or_a_password_is_on_record(world: World) -> None:
    token = world.writer.token(world.proxy)
    world.enter(world.proxy, token)
    _with_secret(world)
    world.enter(world.proxy, KEEPERS_PASSWORD, KEEPER)
    assert token not in repr(world.events.all())
    assert KEEPERS_PASSWORD not in repr(world.events.all())
