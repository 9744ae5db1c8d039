"""No way of talking to the endpoints gets around the judge, or a token into the open."""

import pytest

from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer
from keyless.rehearsal.endpoints.mysql.protocol.packets import CLEAR_PASSWORD, ERROR, OK
from tests.mysql.servers import rows
from tests.rehearsal.endpoints.mysql import raw
from tests.rehearsal.endpoints.mysql.world import World
from tests.rehearsal.endpoints.roles import USER, grant

OTHER = "migrator"


@pytest.fixture
def other(world: World) -> str:
    """Another account of IAM's, that the writer's tokens aren't for."""
    with world.instance.connect() as master:
        rows(master, "CREATE USER %s@'%%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'", OTHER)
    return OTHER


def _change_user(world: World, user: str, secret: str, plugin: bytes) -> bytes:
    """What the server says in the end to a client that is in by a good token and asks to be another."""
    session = raw.logged_in(world, world.cluster)
    proof = secret[:250].encode() + b"\0" if plugin == CLEAR_PASSWORD else b""
    body = user.encode() + b"\0" + bytes([len(proof)]) + proof + b"\0" + b"\x2d\x00" + plugin + b"\0"
    reply = session.command(raw.CHANGE_USER + body)
    if packets.asks_for_token(reply):
        reply = session.ask(secret.encode() + b"\0")
    session.sock.close()
    return reply


@pytest.mark.parametrize("plugin", [CLEAR_PASSWORD, b"mysql_native_password"])
def test_a_client_that_is_in_does_not_become_another_iam_account(world: World, other: str, plugin: bytes) -> None:
    for secret in (world.writer.token(world.cluster), world.writer.token(world.cluster, other), "", "RDS"):
        assert _change_user(world, other, secret, plugin)[:1] == ERROR


def test_changing_the_user_would_work_with_the_key_so_that_the_test_above_shows_something(
    world: World, other: str
) -> None:
    assert _change_user(world, other, world.instance.server.key, b"mysql_native_password")[:1] == OK


@pytest.mark.parametrize("plugin", [CLEAR_PASSWORD, CLEAR_PASSWORD.upper(), b"AWSAuthenticationPlugin", b""])
@pytest.mark.parametrize("secret", ["token", "key"])
def test_what_a_client_shows_unasked_is_never_taken(world: World, plugin: bytes, secret: str) -> None:
    shown = world.writer.token(world.proxy)[:200] if secret == "token" else world.instance.server.key
    client, _ = raw.encrypted(world, world.cluster)
    reply = client.ask(raw.answer(USER.encode(), shown.encode(), plugin))
    assert packets.asks_for_token(reply)
    assert client.ask(shown.encode() + b"\0")[:1] == ERROR
    client.sock.close()


def test_a_token_that_is_shown_unasked_is_taken_when_it_is_asked_for(world: World) -> None:
    token = world.writer.token(world.cluster).encode() + b"\0"
    client, _ = raw.encrypted(world, world.cluster)
    capabilities = raw.CAPABILITIES | handshake.TLS | handshake.LENENC_AUTH
    early = Answer(raw.fixed(capabilities), USER.encode(), token, b"", CLEAR_PASSWORD, b"")
    assert packets.asks_for_token(client.ask(early.build()))
    assert client.ask(token)[:1] == OK
    client.sock.close()


@pytest.mark.parametrize(
    ("name", "charset"),
    [
        (f"'{USER}'", raw.UTF8),  # the server takes the quotes off
        (f"'{USER}", raw.UTF8),
        ("lambda_writer@", raw.SWE7),  # É there
        ("lambda{writer", raw.SWE7),
        ("lambda_wr\u00eeter", raw.UTF8),
        ("w" * 129, raw.UTF8),  # cut to 128 or 32 characters
        ("", raw.UTF8),
    ],
)
def test_a_name_that_the_server_reads_otherwise_is_never_judged(world: World, name: str, charset: int) -> None:
    asked = []

    def yes(*, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        asked.append(user)
        return Verdict(True, "", "anybody")

    world.judge = yes
    client, _ = raw.encrypted(world, world.cluster, charset)
    reply = client.ask(raw.answer(name.encode(), charset=charset))
    while reply[:1] == packets.SWITCH:
        reply = client.ask(b"x\0")
    assert reply[:1] == ERROR
    assert asked == []
    client.sock.close()


def test_a_token_is_asked_for_and_judged_once_for_the_name_that_the_server_has(world: World) -> None:
    with world.instance.superuser() as owner:
        rows(owner, "CREATE USER `a-b.c`@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'")
    world.writer.resources.append(grant(world.cluster, "a-b.c"))
    assert world.enter(world.cluster, world.writer.token(world.cluster, "a-b.c"), "a-b.c") == "a-b.c"


def test_a_login_in_clear_text_that_asks_for_tls_too_is_hung_up_on(world: World) -> None:
    client, _ = raw.greeted(world.cluster)
    client.send(raw.answer(USER.encode(), b"x"))
    assert raw.ends(client.sock) == b""


def test_an_answer_before_the_handshake_is_never_taken_as_given_inside_it(world: World) -> None:
    client, _ = raw.greeted(world.cluster)
    client.send(raw.fixed(raw.CAPABILITIES | handshake.TLS))
    client.send(raw.answer(USER.encode()))
    with pytest.raises(OSError), world.tls().wrap_socket(client.sock, server_hostname=world.cluster.host):
        pass
