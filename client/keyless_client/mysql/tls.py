"""TLS to the server whose name the login says, whatever a driver passes; and whether a connection has it."""

import ssl
from typing import Any


class Verifying(ssl.SSLContext):
    """Looks for `name` in the server's certificate: also where the driver connects to another, such as the end of a
    port forward."""

    name = ""

    def wrap_socket(self, *args: Any, **given: Any) -> ssl.SSLSocket:
        return super().wrap_socket(*args, **{**given, "server_hostname": self.name})

    def wrap_bio(self, *args: Any, **given: Any) -> ssl.SSLObject:
        """The same, for asyncio."""
        return super().wrap_bio(*args, **{**given, "server_hostname": self.name})


def verifying(name: str) -> Verifying:
    """One that trusts nobody yet."""
    context = Verifying(ssl.PROTOCOL_TLS_CLIENT)
    context.name = name
    return context


def missing(tls: object, name: str) -> str:
    """What a driver's connection lacks to be told something secret; nothing where it has verified that it is encrypted
    to `name`.

    Args:
        tls: Python's own object for the connection's TLS, or whatever stands in its place without.
    """
    if not isinstance(tls, ssl.SSLSocket | ssl.SSLObject):
        return "the connection isn't encrypted"
    if not tls.version():
        return "the connection isn't encrypted yet"
    context = tls.context
    if not isinstance(context, Verifying) or context.verify_mode != ssl.CERT_REQUIRED or not context.check_hostname:
        return "nobody has verified the server's certificate"
    if tls.server_hostname != name:
        return f"the server's certificate was verified for {tls.server_hostname!r}"
    return ""
