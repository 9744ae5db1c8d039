"""Throw-away certificates: valid for exactly their names, their keys closed to others."""

import socket
import ssl
import threading
from pathlib import Path

import pytest

from keyless.rehearsal.servers.certificates import Authority, Certificate


def _handshake(certificate: Certificate, roots: Path, name: str) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate.chain, certificate.key)
    client = ssl.create_default_context(cafile=str(roots))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except (ssl.SSLError, OSError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(ours, server_hostname=name).close()
    finally:
        ours.close()
        thread.join(10)


@pytest.mark.parametrize("name", ["a.example", "b.example"])
def test_a_certificate_serves_each_of_its_names(tmp_path: Path, name: str) -> None:
    authority = Authority(tmp_path, "test")
    _handshake(authority.server("a.example", "b.example"), authority.root, name)


def test_a_certificate_serves_no_other_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "test")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        _handshake(authority.server("a.example"), authority.root, "b.example")


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path, "test"), Authority(tmp_path, "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(authority.server("a.example"), other.root, "a.example")


def test_a_clients_certificate_is_none_for_a_server(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "test")
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(authority.client("a.example"), authority.root, "a.example")


def test_a_name_longer_than_a_subject_may_be_is_still_served(tmp_path: Path) -> None:
    authority, name = Authority(tmp_path, "test"), f"{'a' * 60}.{'b' * 60}.example"
    _handshake(authority.server(name), authority.root, name)


def test_files_are_closed_to_others(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "test")
    authority.server("a.example")
    authority.client("someone")
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
