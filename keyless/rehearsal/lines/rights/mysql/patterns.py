"""How the server reads the name of a schema in a grant on one: as a pattern, whose `_` and `%` a backslash takes the
meaning from. Pure."""

import re


def literal(pattern: str) -> str | None:
    """The one name that it stands for; None where it has a wildcard."""
    bare = re.sub(r"\\([_%])", "", pattern)
    return None if re.search(r"[_%]", bare) else re.sub(r"\\([_%])", r"\1", pattern)


def matches(pattern: str, schema: str) -> bool:
    parts = re.findall(r"\\[_%]|.", pattern, re.DOTALL)
    given = "".join({"_": ".", "%": ".*"}.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)
    return re.fullmatch(given, schema, re.DOTALL) is not None
