"""The comment on a role: its description, and the name of the spec that manages it."""

import re

from db_access.state import Role

_MARK = re.compile(r"(?P<description>.*?) ?\[managed by (?P<owner>[^\[\]]+)\]", re.DOTALL)


def comment(role: Role) -> str:
    """`runs migrations [managed by keyless-aurora]`."""
    return f"{role.description} [managed by {role.managed_by}]".lstrip()


def parse(text: str | None) -> tuple[str, str | None]:
    """(description, managing spec or None) of a comment, which may be anybody's."""
    match = _MARK.fullmatch(text or "")
    return (match["description"], match["owner"]) if match else (text or "", None)
