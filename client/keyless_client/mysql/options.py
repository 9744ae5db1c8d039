"""What a framework, or a caller, may say of a connection beside its login."""

from typing import Any

from keyless_client.errors import ConnectError

_FROM_LOGIN = frozenset({"host", "port", "user", "username", "password", "passwd", "database", "db"})


def taken(given: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """What of `given` is no matter of the login's: where to connect and as whom is dropped. Raises ConnectError for
    what isn't `allowed`, such as settings of TLS, of files that the server may read, or of another way to log in."""
    rest = {name: value for name, value in given.items() if name not in _FROM_LOGIN}
    if strange := sorted(rest.keys() - allowed):
        raise ConnectError(
            f"cannot connect with {', '.join(strange)}, which the login decides; allowed: {', '.join(sorted(allowed))}"
        )
    return rest
