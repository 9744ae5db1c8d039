"""The comment on a role: its description, the version of the secret that its password comes from, and the spec that
manages it, with the one that did before.

The version stands here because a password can't be read from the catalogs, not even whether there is one.
"""

import re
from dataclasses import dataclass
from sys import intern

from db_access.plan.roles import Role

_MARK = re.compile(
    r"(?P<description>.*?) ?(?:\[password (?P<version>[^\[\]]+)\] )?"
    r"(?:\[taken over from (?P<former>[^\[\]]+)\] )?\[managed by (?P<owner>[^\[\]]+)\]",
    re.DOTALL,
)


def comment(role: Role) -> str:
    """`runs migrations [managed by keyless-aurora]`."""
    version = [] if role.password_version is None else [f"[password {role.password_version}]"]
    former = [] if role.taken_over_from is None else [f"[taken over from {role.taken_over_from}]"]
    description = [role.description] if role.description else []
    return " ".join([*description, *version, *former, f"[managed by {role.managed_by}]"])


@dataclass(frozen=True)
class Marked:
    description: str
    password_version: str | None = None
    managed_by: str | None = None
    taken_over_from: str | None = None


def parse(text: str | None) -> Marked:
    """What a comment says, which may be anybody's."""
    match = _MARK.fullmatch(text or "")
    if match is None:
        return Marked(text or "")
    return Marked(match["description"], match["version"], intern(match["owner"]), match["former"])
