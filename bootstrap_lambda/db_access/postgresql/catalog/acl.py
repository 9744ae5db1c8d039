"""Read PostgreSQL's text form of an ACL item, `grantee=privileges/grantor`. Pure.

Source: postgresql.org, Privileges, table 5.1. Text is many times faster than rows of aclexplode(), of which there are
objects times grantees times privileges.
"""

from collections.abc import Container, Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from db_access.plan.privileges import Acl, Privilege, Privileges
from db_access.postgresql.others import OtherGrant
from db_access.postgresql.state import ForeignGrant

_LETTERS: Final = {
    "r": Privilege.SELECT,
    "a": Privilege.INSERT,
    "w": Privilege.UPDATE,
    "d": Privilege.DELETE,
    "D": Privilege.TRUNCATE,
    "x": Privilege.REFERENCES,
    "t": Privilege.TRIGGER,
    "m": Privilege.MAINTAIN,
    "U": Privilege.USAGE,
    "C": Privilege.CREATE,
    "c": Privilege.CONNECT,
    "T": Privilege.TEMPORARY,
    "X": Privilege.EXECUTE,
}


class Held(NamedTuple):
    own: Privileges
    """What the owner hasn't taken from itself."""
    acl: Acl
    """What `ours` have from the owner."""
    options: Acl
    """What anybody has from the owner WITH GRANT OPTION."""
    foreign: tuple[ForeignGrant, ...]
    """What anybody has from others than the owner."""
    others: tuple[OtherGrant, ...]
    """What anybody has who is neither of `ours` nor the owner."""


def held(items: Iterable[str], owner: str, ours: Container[str]) -> Held:
    """Who holds what by the items, PUBLIC (the empty name) among them; the owner only what others gave back to it."""
    own: Privileges = frozenset()
    acl: dict[str, Privileges] = {}
    options: dict[str, Privileges] = {}
    foreign, others = [], []
    for item in items:
        grantee, rest = _name(item)
        letters, _, by = rest[1:].partition("/")
        grantor = _name(by)[0] if by != owner else owner
        if grantee == owner == grantor:
            own = _privileges(letters)
            continue
        if grantee not in ours and grantee != owner:
            others.append(OtherGrant(grantor, grantee, _privileges(letters), "*" in letters))
        if grantor != owner:
            foreign.append(ForeignGrant(grantor, grantee, _privileges(letters), _grantable(letters)))
            continue
        if grantee in ours:
            acl[grantee] = _privileges(letters)
        if "*" in letters:
            options[grantee] = _grantable(letters)
    return Held(own, acl, options, tuple(foreign), tuple(others))


@lru_cache(maxsize=1024)
def privileges_of(letters: str) -> Privileges:
    """`arw` as privileges."""
    return frozenset(_LETTERS[letter] for letter in letters)


def _privileges(letters: str) -> Privileges:
    return privileges_of(letters.replace("*", "") if "*" in letters else letters)


def _grantable(letters: str) -> Privileges:
    return privileges_of("".join(letter for letter, mark in pairwise(letters) if mark == "*"))


def _name(text: str) -> tuple[str, str]:
    """The role's name that `text` begins with, and the rest. Names that aren't plain come in quotes, a quote in them
    doubled."""
    if not text.startswith('"'):
        name, mark, rest = text.partition("=")
        return name, mark + rest
    end = 1
    while text[end] != '"' or text[end + 1 : end + 2] == '"':
        end += 2 if text[end] == '"' else 1
    return text[1:end].replace('""', '"'), text[end + 1 :]
