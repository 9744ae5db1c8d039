"""Where a driver itself would go on without TLS, as another version of it may, the login hands nothing out."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from mysql.connector.connection import MySQLConnection

from keyless.rehearsal.servers.certificates import Authority
from keyless_client.drivers import asyncmy, pymysql
from keyless_client.mysql import ConnectError, Login, tls
from tests.mysql.client import test_lying
from tests.mysql.client.lying import CLEAR, FULL, PUBLIC_KEY_PLEASE, Lie, lying
from tests.mysql.client.test_lying import HOST, refused

authority, login = test_lying.authority, test_lying.login


def of_pymysql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pymysql.Connection, "_ssl_required", property(lambda _: False, lambda *_: None), raising=False)


def of_connector(monkeypatch: pytest.MonkeyPatch) -> None:
    config = MySQLConnection.config
    monkeypatch.setattr(MySQLConnection, "config", lambda own, ssl_verify_cert, **given: config(own, **given))


def of_asyncmy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncmy.Connection, "_ssl_context", property(lambda _: None, lambda *_: None), raising=False)


FORGETS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "PyMySQL": of_pymysql,
    "Connector/Python": of_connector,
    "aiomysql": lambda _: None,  # it does by itself
    "asyncmy": of_asyncmy,
}


@pytest.mark.parametrize("way", FORGETS)
@pytest.mark.parametrize(
    "lie",
    [
        Lie(asks=(CLEAR,)),
        Lie(plugin="sha256_password", asks=(PUBLIC_KEY_PLEASE,)),
        Lie(plugin="caching_sha2_password", asks=(FULL,)),
    ],
    ids=lambda lie: lie.plugin,
)
def test_a_driver_that_forgets_tls_has_nothing_to_send(
    login: Login, way: str, lie: Lie, monkeypatch: pytest.MonkeyPatch
) -> None:
    FORGETS[way](monkeypatch)
    with lying(lie) as liar:
        assert "the connection isn't encrypted" in refused(way, login, liar)
    assert b"app_user" not in liar.plain


def test_a_connection_in_the_midst_of_its_handshake_has_nothing(login: Login) -> None:
    bio = tls.verifying(HOST).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())
    for connection in (None, object(), bio):
        with pytest.raises(ConnectError, match="the connection isn't encrypted"):
            login.hand_out(connection)


def met(client: ssl.SSLContext, certificate: object, name: str) -> ssl.SSLObject:
    """The client's end of a handshake that has ended well."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate.chain, certificate.key)  # type: ignore[attr-defined]
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(back, there, server_hostname=name)
    other = server.wrap_bio(there, back, server_side=True)
    for end in (one, other) * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return one


def test_what_a_handshake_must_have_verified(login: Login, authority: Authority, tmp_path: Path) -> None:
    certificate = authority.server(HOST, "other.example")
    assert login.hand_out(met(login.ssl_context(), certificate, HOST))
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    weakened = login.ssl_context()
    weakened.check_hostname, weakened.verify_mode = False, ssl.CERT_NONE
    unnamed = login.ssl_context()
    unnamed.check_hostname = False
    for context in (anyone, weakened, unnamed):
        with pytest.raises(ConnectError, match="nobody has verified the server's certificate"):
            login.hand_out(met(context, certificate, HOST))
    other = tls.verifying("other.example")
    other.load_verify_locations(authority.root)
    with pytest.raises(ConnectError, match=r"was verified for 'other\.example'"):
        login.hand_out(met(other, certificate, HOST))


def test_a_context_looks_for_the_logins_name_whatever_it_is_told(login: Login, authority: Authority) -> None:
    met(login.ssl_context(), authority.server(HOST), "127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for"):
        met(login.ssl_context(), authority.server("localhost"), "localhost")
