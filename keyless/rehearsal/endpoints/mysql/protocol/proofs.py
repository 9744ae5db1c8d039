"""How a client proves a password to MySQL without sending it, by the plugins that RDS Proxy knows.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

NATIVE, CACHING_SHA2 = b"mysql_native_password", b"caching_sha2_password"
FAST, FULL = b"\x01\x03", b"\x01\x04"
"""What a caching_sha2_password server says: it knew the password, or it wants the password itself, inside TLS."""


def _native(password: bytes, nonce: bytes) -> bytes:
    once = hashlib.sha1(password, usedforsecurity=False).digest()
    twice = hashlib.sha1(once, usedforsecurity=False).digest()
    return _either(once, hashlib.sha1(nonce + twice, usedforsecurity=False).digest())


def _caching_sha2(password: bytes, nonce: bytes) -> bytes:
    once = hashlib.sha256(password).digest()
    twice = hashlib.sha256(once).digest()
    return _either(once, hashlib.sha256(twice + nonce).digest())


def _either(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))


_BY_PLUGIN: Final[Mapping[bytes, Callable[[bytes, bytes], bytes]]] = {NATIVE: _native, CACHING_SHA2: _caching_sha2}


def known(plugin: bytes) -> bool:
    return plugin in _BY_PLUGIN


def proof(plugin: bytes, password: str, nonce: bytes) -> bytes:
    """Of the password, made with the server's nonce. An empty password has an empty proof."""
    return _BY_PLUGIN[plugin](password.encode(), nonce[:20]) if password else b""
