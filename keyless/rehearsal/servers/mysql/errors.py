"""What can go wrong with the servers, as sentences for the operator."""


class UnavailableError(Exception):
    """The server can't be had on this machine; the message says in one sentence why, and what would help."""


class ServerError(Exception):
    """The server can't be made or started; the message ends with the last lines of its log."""
