"""What application code says, without what looks like a secret: it goes into tables and evidence that are passed on.

By its shape only: a secret that looks like a word stays. Pure.
"""

import re
from typing import Final

MASK: Final = "***"
_IN_URL: Final = re.compile(r"(\w[\w+.-]{0,30}://[^\s:/@]*:)[^\s@]+(?=@)")
_NAMED: Final = re.compile(
    r"(?i)([\w-]{0,60}(?:passw(?:or)?d|pwd|secret|token|signature|access_?key|api_?key)[\w-]*"
    r"(?:\s*=\s*|\\?[\"']\s*:\s*(?=\\?[\"'])))(?!arn:)(?:'[^']*'|\\?\"[^\"]*\"|[^\s\"'&,;]+)"
)
"""As connection strings, queries of URLs, environments and JSON have it; an ARN names a secret, and is none."""
_LONG: Final = re.compile(r"[\w+/=%-]{100,}")
"""Tokens: no name in PostgreSQL is longer than 63 bytes, and digests are 64 characters."""
_ACCESS_KEY: Final = re.compile(
    r"(?<![\w+/])(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])(?=[\w+/]*[0-9])[A-Za-z0-9+/]{40}(?![\w+/=])"
)
"""AWS's secret access keys, which have upper and lower case and digits."""


def masked(text: str, known: str = "") -> str:
    """`text` with `***` for what looks like a secret.

    Args:
        known: a part that the rehearsal file expects, and that stays as it is.
    """
    if known and known in text:
        return known.join(masked(part) for part in text.split(known))
    text = _LONG.sub(MASK, text)
    for shape in (_IN_URL, _NAMED):
        text = shape.sub(rf"\1{MASK}", text)
    return _ACCESS_KEY.sub(MASK, text)
