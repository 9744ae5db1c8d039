"""What a probe may be asked: to log in, to read from a closed list, to tell what the login holds, and to give or take
the one right that it was deployed with, if it was (by_hand.py). No SQL comes in from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

from keyless_probe.by_hand import Change


class Token(StrEnum):
    """What is given for a password."""

    OWN = "own"
    """Signed with the role's credentials, for this host, port and user: as an application's."""
    EXPIRED = "expired"
    """Valid in every way until a minute ago."""
    TAMPERED = "tampered"
    """With another last digit in its signature."""
    OTHER_REGION = "other region"
    OTHER_HOST = "other host"
    """For the host in `token_host`."""
    TEXT = "text"
    """No token: a text that is nobody's password."""
    SECRET = "secret"  # noqa: S105 - a name
    """The password in the function's own secret."""
    PREVIOUS = "previous secret"
    """The password that was in it before its last rotation."""


class Tls(StrEnum):
    VERIFIED = "verified"
    """verify-full, with the roots for this endpoint."""
    NONE = "none"
    OTHER_ROOTS = "other roots"
    """verify-full, with the roots of the other kind of endpoint."""


class QuestionError(Exception):
    """A question that no probe answers."""


@dataclass(frozen=True)
class Question:
    """One login to try."""

    id: str
    host: str
    port: int
    user: str
    database: str
    token: Token = Token.OWN
    tls: Tls = Tls.VERIFIED
    token_host: str = ""
    """With Token.OTHER_HOST."""
    hostaddr: str = ""
    """Where the host is reached, if its name doesn't say: in the rehearsal."""
    about: str = ""
    """A role of which the answer tells what any login may read."""
    look: bool = False
    """Whether the answer tells what the login holds on the database and on all there is in `schemas`, and what beside
    (rights/beyond.py)."""
    schemas: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """Names of columns whose rights are told wherever a table has them."""
    roles: tuple[str, ...] = ()
    """Of whom it is told who else is a member."""
    start: int = 0
    """Behind how many things the answer begins: there may be more than fit in one."""
    itself: bool = False
    """As the user, not as what its sessions start as."""
    change: Change = Change.NONE
    """Of the right that the probe was deployed with."""

    @classmethod
    def parse(cls, raw: object) -> Self:
        """From JSON. Raises QuestionError, which names all that is wrong and what is allowed."""
        if not isinstance(raw, Mapping):
            raise QuestionError(f"a question is a mapping; allowed: {', '.join(sorted(_FIELDS))}")
        if problems := [*_problems(raw)]:
            raise QuestionError("; ".join(problems))
        lists = {name: tuple(raw.get(name, ())) for name in _LISTS}
        token, tls = Token(raw.get("token", Token.OWN)), Tls(raw.get("tls", Tls.VERIFIED))
        return cls(**{**raw, **lists, "token": token, "tls": tls, "change": Change(raw.get("change", Change.NONE))})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_FIELDS: Final = frozenset(Question.__dataclass_fields__)
_NEEDED: Final = ("id", "host", "port", "user", "database")
_LISTS: Final = ("schemas", "keys", "roles")
_NUMBERS: Final[Mapping[str, int]] = {"port": 65535, "start": 10_000_000}
"""To the largest that is allowed."""
_CHOICES: Final[Mapping[str, type[StrEnum]]] = {"token": Token, "tls": Tls, "change": Change}
_SWITCHES: Final = ("look", "itself")


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    if unknown := sorted(str(name) for name in raw.keys() - _FIELDS):
        yield f"there is no {', '.join(unknown)} in a question; allowed: {', '.join(sorted(_FIELDS))}"
    if missing := [name for name in _NEEDED if name not in raw]:
        yield f"a question has {', '.join(missing)}"
    for name in sorted(_FIELDS & raw.keys()):
        if not _good(name, raw[name]):
            yield f"{name} is not allowed; allowed: {_allowed(name)}"
    if raw.get("tls") == Tls.NONE and raw.get("token") != Token.TEXT:
        yield "a token or a password is never sent without TLS; allowed: token 'text'"


def _good(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list | tuple) and all(_text(one) for one in value)
    if name in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _NUMBERS[name]
    if name in _SWITCHES:
        return isinstance(value, bool)
    return _text(value) and (name not in _CHOICES or value in {str(one) for one in _CHOICES[name]})


def _text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _allowed(name: str) -> str:
    if name in _CHOICES:
        return ", ".join(repr(str(one)) for one in _CHOICES[name])
    if name in _NUMBERS:
        return f"a number from 0 to {_NUMBERS[name]}"
    return "a list of texts" if name in _LISTS else "true or false" if name in _SWITCHES else "a text"
