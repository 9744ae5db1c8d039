"""The comment on a role: its description, its temporary memberships, the version of the secret that its password comes
from, and the spec that manages it, with the one that did before.

The version stands here because a password can't be read from the catalogs, not even whether there is one; and an end
because PostgreSQL knows none of a membership.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from sys import intern
from typing import Final

from db_access.plan.roles import Role
from db_access.plan.temporary import Temporary

_MARK = re.compile(
    r"(?P<description>.*?) ?(?P<temporary>(?:\[granted [^\[\]]+\] ){0,20})(?:\[password (?P<version>[^\[\]]+)\] )?"
    r"(?:\[taken over from (?P<former>[^\[\]]+)\] )?\[managed by (?P<owner>[^\[\]]+)\]",
    re.DOTALL,
)
"""A role has as many grants at most as the spec lets it have: a bound also for who writes comments by hand."""
_GRANTED = re.compile(r"\[granted ([^\[\]]+)\] ")
_LONGEST: Final = 8000
"""Characters of a record: far more than a name, who and why take."""
_UNREADABLE: Final = Temporary("", datetime.min.replace(tzinfo=UTC), "", "")
"""What is no record of ours: over for ever, and so taken out of the comment."""


def comment(role: Role) -> str:
    """`runs migrations [managed by keyless-aurora]`."""
    granted = [f"[granted {_record(each)}]" for each in role.temporary]
    version = [] if role.password_version is None else [f"[password {role.password_version}]"]
    former = [] if role.taken_over_from is None else [f"[taken over from {role.taken_over_from}]"]
    description = [role.description] if role.description else []
    return " ".join([*description, *granted, *version, *former, f"[managed by {role.managed_by}]"])


@dataclass(frozen=True)
class Marked:
    description: str
    password_version: str | None = None
    managed_by: str | None = None
    taken_over_from: str | None = None
    temporary: tuple[Temporary, ...] = ()


def parse(text: str | None) -> Marked:
    """What a comment says, which may be anybody's."""
    match = _MARK.fullmatch(text or "")
    if match is None:
        return Marked(text or "")
    granted = tuple(map(_read, _GRANTED.findall(match["temporary"])))
    return Marked(match["description"], match["version"], intern(match["owner"]), match["former"], granted)


def _record(of: Temporary) -> str:
    """As JSON in ASCII, which every database's encoding has, without the brackets that marks are made of."""
    text = json.dumps({**asdict(of), "until": of.until.isoformat()})
    return text.replace("[", r"\u005b").replace("]", r"\u005d")


def _read(text: str) -> Temporary:
    try:
        found = json.loads(text) if len(text) <= _LONGEST else {}
        texts = [str(found[name]) for name in ("group", "by", "reason")]
        "".join(texts).encode()  # or it has half of a surrogate pair, which nothing can show
        group, by, reason = texts
        return Temporary(group, _moment(found["until"]), by, reason)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return _UNREADABLE


def _moment(text: str) -> datetime:
    """Raises ValueError for one without a zone, which could be any."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
