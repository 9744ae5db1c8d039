"""A TLS handshake as libpq makes it, verified, up to the first byte of PostgreSQL's protocol. Sends no login."""

import socket
import ssl
import struct
from pathlib import Path
from typing import Final

_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
_NAMES: Final = (62, 64)
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


class HandshakeError(Exception):
    """What is wrong with the server's certificate, in libpq's words."""


def handshake(address: str, port: int, host: str, roots: Path, seconds: float) -> str:
    """Whom the certificate is for, who issued it and until when it is good.

    Raises:
        HandshakeError: when the server has no TLS, or isn't who it should be.
        OSError: when it can't be reached, or there is no file of roots.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(roots)
    with socket.create_connection((address, port), timeout=seconds) as plain:
        plain.sendall(_SSL_REQUEST)
        if plain.recv(1) != b"S":
            raise HandshakeError("server does not support SSL")
        try:
            with context.wrap_socket(plain, server_hostname=host) as secure:
                return _shown(secure)
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in _NAMES:
                raise HandshakeError(f"the server's certificate does not match host name {host!r}") from error
            raise HandshakeError(f"certificate verify failed: {error.verify_message}") from error


def _shown(secure: ssl.SSLSocket) -> str:
    certificate = secure.getpeercert() or {}
    return f"{secure.version()}, {_common_name(certificate.get('issuer', ()))}, until {certificate.get('notAfter')}"


def _common_name(name: object) -> str:
    parts = [value for part in name for key, value in part if key == "commonName"] if isinstance(name, tuple) else []
    return f"issued by {parts[0] if parts else 'an unnamed authority'}"
