"""What looks like a secret in a text that others read: a variable, a command, user data. Must not know whose it is."""

import re

NAME = re.compile(r"password|passwd|pgpass|secret(?!_arn)|token|api_?key", re.IGNORECASE)
"""Of a setting whose value is one."""
REFERENCE = re.compile(r"\{\{resolve:")
"""CloudFormation's, which becomes what is referred to."""
VALUE = re.compile(
    r"://[^/?#\s:@]*:[^/?#\s@]+@|\bpassword\s*=|-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[A-Z0-9]{16}\b",
    re.IGNORECASE,
)
"""A URL with a password, libpq's keyword for one, a private key, an access key of AWS."""
_ASSIGNED = re.compile(r"(passw(or)?d|pgpass|secret(?!_arn)|token|api_?key)\w*\s*=", re.IGNORECASE)
_ARGUMENT = re.compile(r"(?<!\S)--?([a-z]+-)*(passw(or)?d|secret|token|api-?key)[ =](?!-)\S", re.IGNORECASE)
"""Of a command, such as `--db-password x`."""


def shown(text: str) -> str | None:
    """The name, or the value, by which a command or a script shows a secret; None if it shows none."""
    found = (pattern.search(text) for pattern in (_ASSIGNED, _ARGUMENT, VALUE, REFERENCE))
    return next((one[0] for one in found if one), None)
