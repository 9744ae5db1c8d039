"""What somebody asks for, and what the spec says of it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db_access.errors import SpecError
from db_access.postgresql.state import Current
from db_access.spec import AccessSpec, User
from db_access.spec.places import suggestion
from db_access.wording import listed

_LONGEST_TEXT: Final = 500
"""Characters of `by` and of `reason`."""


class TemporaryError(SpecError):
    """What was asked for is not allowed, or can't be done. Nothing was changed."""

    what = "the request"


@dataclass(frozen=True)
class Asked:
    member: str
    group: str
    length: timedelta
    by: str
    reason: str = ""

    def check(self, spec: AccessSpec) -> None:
        """Raises TemporaryError, with every problem, where the spec doesn't allow it."""
        user = named(spec, self.member)
        if problems := [*_texts(self), *_beyond(self, user)]:
            raise TemporaryError(problems)


def named(spec: AccessSpec, member: str) -> User:
    """The spec's user of that name. Raises TemporaryError when there is none."""
    for user in spec.users:
        if user.username == member:
            return user
    names = [user.username for user in spec.users]
    allowed = listed([*map(repr, names)]) or "none, the spec has no users"
    raise TemporaryError([f"the spec has no user {member!r}; {suggestion(member, names)}allowed: {allowed}"])


def refuse_permanent(user: User, group: str) -> None:
    """Raises TemporaryError where the spec has the user in the group for good."""
    if problem := _permanent(user, group):
        raise TemporaryError([problem])


def foreign(current: Current, names: Iterable[str], managed_by: str) -> list[str]:
    """What of these roles is somebody else's, so that what they have is not this spec's to say."""
    found = {name: current.roles[name].managed_by for name in sorted(names) if name in current.roles}
    return [
        f"role {name!r} is managed by {manager!r}; deploy the spec first, or name who manages its roles (--managed-by)"
        for name, manager in found.items()
        if manager not in (None, managed_by)
    ]


def _permanent(user: User, group: str) -> str | None:
    if all(membership.name != group for membership in user.groups):
        return None
    return f"{user.username!r} is in {group!r} for good, by its `groups` in the spec; allowed: to change these"


def _beyond(asked: Asked, user: User) -> Iterator[str]:
    allowed = {each.group: each for each in user.may_have}
    if problem := _permanent(user, asked.group):
        yield problem
    elif asked.group not in allowed:
        names = [f"{each.group!r} for up to {each.at_most}" for each in user.may_have]
        yield (
            f"the spec doesn't say that {user.username!r} may have {asked.group!r}; allowed: "
            f"{listed(names) or 'nothing'}, which the list `may_have` of the user says"
        )
    elif asked.length > allowed[asked.group].longest:
        at_most = allowed[asked.group].at_most
        yield f"{user.username!r} may have {asked.group!r} for {at_most} at most, by the spec; allowed: up to that"
    if asked.length < timedelta(minutes=1) and asked.group in allowed:
        yield f"{asked.length.total_seconds():g} seconds are less than the watch of ends can see; allowed: 1m or more"


def _texts(asked: Asked) -> Iterator[str]:
    for name, text in (("by", asked.by), ("reason", asked.reason)):
        if len(text) > _LONGEST_TEXT:
            yield f"{name} has {len(text):,} characters; allowed: {_LONGEST_TEXT}"
        if not text.isprintable():
            yield f"{name} has characters that don't print: {text!a}; allowed: printable ones, on one line"
    if not asked.by.strip():
        yield "nobody is said to ask for it (by); allowed: who does"
