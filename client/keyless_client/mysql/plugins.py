"""How a server may ask for a password, by the names of MySQL's and MariaDB's authentication plugins."""

from collections.abc import Callable
from typing import Final

CLEAR_TEXT: Final = "mysql_clear_password"
"""Which AWS asks for a token by. What is sent is the token, or password, as it is."""
PROOFS: Final = ("caching_sha2_password", "mysql_native_password", "sha256_password", "client_ed25519")
"""For a password: the first and third have it sent through TLS where the server doesn't know it yet."""
OTHERS: Final = ("dialog", "mysql_old_password")
"""Which some drivers answer, too: by the password as it is, and by a hash that is soon reversed."""


class Unanswered:
    """What stands in a driver's map of plugins for one that gets no answer."""

    def __init__(self, answers: Callable[[str], None], plugin: str, _connection: object) -> None:
        self._answers, self._plugin = answers, plugin

    def authenticate(self, _packet: object) -> None:
        """What a driver calls. Raises ConnectError."""
        self._answers(self._plugin)
