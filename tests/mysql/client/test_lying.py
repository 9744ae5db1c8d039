"""Whatever a server asks, or somebody in between: no token and no password goes anywhere but through TLS that was
verified, by no driver."""

import datetime
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from keyless.rehearsal.servers import certificates
from keyless.rehearsal.servers.certificates import Authority
from keyless_client import secret
from keyless_client.mysql import Login
from tests.mysql.client.lying import (
    CLEAR,
    DIALOG,
    FULL,
    OK,
    OLD,
    PUBLIC_KEY_PLEASE,
    SSL_REQUEST_BYTES,
    Liar,
    Lie,
    asks_by,
    lying,
)
from tests.mysql.client.ways import BARE, WAYS
from tests.unclosed import collect_unclosed

HOST = "app.proxy-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com"
ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:app"
PASSWORD = "s3cret-pä55word"

every_way = pytest.mark.parametrize("way", WAYS)
every_bare_way = pytest.mark.parametrize("way", BARE)


def each(cases: Iterable[str], *, in_every_way: str) -> pytest.MarkDecorator:
    """Each case in each bare way, and one of them in all."""
    return pytest.mark.parametrize(
        ("case", "way"), [(case, way) for case in cases for way in (WAYS if case == in_every_way else BARE)]
    )


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Whom clients trust."""
    authority = Authority(tmp_path, "aws")
    monkeypatch.setenv("MYSQL_SSL_CA", str(authority.root))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE123456789")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a session of Lambda's")
    return authority


@pytest.fixture(params=["token", "password"])
def login(request: pytest.FixtureRequest, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Login:
    """Of a user with a token, or with the password of a secret."""
    monkeypatch.setattr(secret, "_read", lambda arn, user: PASSWORD)
    monkeypatch.setattr(secret, "_passwords", {})
    arn = ARN if request.param == "password" else None
    return Login(HOST, 3306, "app_user", "app", "us-east-1", secret_arn=arn, login_seconds=0)


def refused(way: str, login: Login, liar: Liar) -> str:
    """What the refusal says; nothing secret was heard."""
    with pytest.raises(Exception) as error:
        WAYS[way](replace(login, address=("127.0.0.1", liar.port)), "SELECT CURRENT_USER(), 1")
    said = str(error.value)
    del error
    collect_unclosed()
    assert liar.logins, "nobody came"
    for hidden in (b"X-Amz-Signature", PASSWORD.encode(), PASSWORD.encode("latin1")):
        assert hidden not in liar.heard
        assert hidden.decode("latin1") not in said
    assert PASSWORD not in said
    return said


@every_way
def test_what_a_driver_sends_is_heard(login: Login, way: str, authority: Authority) -> None:
    """Or the tests below would hear nothing whatever is sent."""
    lie = Lie(tls=True, certificate=authority.server(HOST), plugin="caching_sha2_password", asks=(FULL, OK))
    with lying(lie) as liar:
        refused_or_not(way, login, liar)
    sent = PASSWORD.encode() if login.secret_arn else b"X-Amz-Signature"
    assert sent in liar.inside
    assert sent not in liar.plain


def refused_or_not(way: str, login: Login, liar: Liar) -> None:
    with suppress(Exception):
        WAYS[way](replace(login, address=("127.0.0.1", liar.port)), "SELECT 1")
    collect_unclosed()


WITHOUT_TLS = {
    "asks for clear text": Lie(asks=(CLEAR,)),
    "greets with clear text": Lie(plugin="mysql_clear_password"),
    "asks by a dialog": Lie(asks=(DIALOG,)),
    "asks for the old hash": Lie(asks=(OLD,)),
    "asks for the old hash by name": Lie(asks=(asks_by("mysql_old_password"),)),
    "asks for what a key of its own encrypts": Lie(plugin="sha256_password", asks=(PUBLIC_KEY_PLEASE,)),
    "wants all of caching_sha2_password": Lie(plugin="caching_sha2_password", asks=(FULL,)),
    "takes its offer of TLS back": Lie(tls=True, asks=(CLEAR, CLEAR)),
    "asks before TLS, for after it": Lie(tls=True, early=b"\x2c\0\0\2" + CLEAR),
}


@each(WITHOUT_TLS, in_every_way="asks for clear text")
def test_nothing_is_sent_without_tls(login: Login, way: str, case: str) -> None:
    with lying(WITHOUT_TLS[case]) as liar:
        refused(way, login, liar)
        assert b"app_user" not in liar.plain[:SSL_REQUEST_BYTES]
    hello = liar.plain[SSL_REQUEST_BYTES:]
    assert not hello or hello[:1] == b"\x16", "something else than TLS's first words"
    assert liar.inside == b""


@pytest.fixture
def impostors(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Lie]:
    def made(kind: str) -> Lie:
        if kind == "expired":
            monkeypatch.setattr(certificates, "_LIFETIME", datetime.timedelta(minutes=-30))
        (tmp_path / "foreign").mkdir()
        issuer = Authority(tmp_path / "foreign", "foreign") if kind == "foreign" else authority
        certificate = issuer.server(f"other.{HOST}" if kind == "another name" else HOST)
        return Lie(tls=True, certificate=certificate, asks=(CLEAR, OK))

    return made


@each(("foreign", "another name", "expired"), in_every_way="foreign")
def test_an_impostor_hears_nothing(login: Login, way: str, case: str, impostors: Callable[[str], Lie]) -> None:
    with lying(impostors(case)) as liar:
        assert "certificate" in refused(way, login, liar)
    assert liar.inside == b""


GENUINE = {
    "a dialog": DIALOG,
    "the old hash": asks_by("mysql_old_password"),
    "the client's files": asks_by("authentication_openid_connect_client"),
}


@every_bare_way
@pytest.mark.parametrize("asked", GENUINE)
def test_a_verified_server_is_told_nothing_by_other_plugins(
    login: Login, way: str, asked: str, authority: Authority
) -> None:
    lie = Lie(tls=True, certificate=authority.server(HOST), asks=(GENUINE[asked], OK))
    with lying(lie) as liar:
        said = refused(way, login, liar)
    assert "was asked for; allowed: " in said or ("by parameters" in way and "not configured" in said)


@every_bare_way
@pytest.mark.parametrize("lie", [Lie(asks=(CLEAR, OK)), Lie(plugin="mysql_clear_password", asks=(OK,))])
@pytest.mark.parametrize("login", ["password"], indirect=True)
def test_a_secrets_password_is_never_sent_as_clear_text(login: Login, way: str, lie: Lie, authority: Authority) -> None:
    """Not even through TLS: who asks for it so wants a token."""
    with lying(replace(lie, tls=True, certificate=authority.server(HOST))) as liar:
        refused(way, login, liar)


@every_bare_way
def test_no_file_is_sent_to_a_server_that_asks_for_one(
    login: Login, way: str, authority: Authority, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("what is in the file")
    lie = Lie(tls=True, certificate=authority.server(HOST), on_query=b"\xfb" + str(file).encode())
    with lying(lie) as liar:
        refused(way, login, liar)
    assert b"SELECT " in liar.inside
    assert b"what is in the file" not in liar.heard
