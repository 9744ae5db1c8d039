"""One step from what a server has to what it shall have. Values with a reason and a stage; nothing here knows SQL.

`Change` is closed: statements and words match it exhaustively.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from db_access.mysql.state import Account, Auth, On, Who


class Stage(IntEnum):
    """The order of a run. Up to NARROW nobody gets anything; from BUILD on nobody loses what both specs give."""

    SHUT = 0
    """Who is to log in no more can't, and its sessions end."""
    MAKE = 1
    """What nobody has yet: roles, locked accounts, schemas."""
    NARROW = 2
    """What the spec doesn't give is taken."""
    BUILD = 3
    """Roles get what they are to give."""
    MOVE = 4
    """Users get their roles, once these are proven."""
    CLEAN = 5
    OPEN = 6
    """What is new is unlocked, once all is proven."""


@dataclass(frozen=True, kw_only=True)
class Step:
    reason: str = field(compare=False)
    stage: Stage


@dataclass(frozen=True)
class MakeSchema(Step):
    schema: str


@dataclass(frozen=True)
class DropSchema(Step):
    """Of the engine's own procedures. No other is ever dropped."""

    schema: str


@dataclass(frozen=True)
class MakeProcedure(Step):
    """Without parameters, with the rights of who makes it; in place of one of that name."""

    schema: str
    name: str
    body: str


@dataclass(frozen=True)
class DropProcedure(Step):
    schema: str
    name: str


@dataclass(frozen=True)
class MakeRole(Step):
    role: Who
    what: str
    """What it is for, in words."""


@dataclass(frozen=True)
class DropRole(Step):
    role: Who


@dataclass(frozen=True)
class MakeAccounts(Step):
    """Locked, for IAM tokens over TLS, and with the mark as the subject of a certificate that nobody has."""

    accounts: tuple[Who, ...]
    limit: int
    mark: str


@dataclass(frozen=True)
class DropAccounts(Step):
    accounts: tuple[Who, ...]


@dataclass(frozen=True)
class Lock(Step):
    accounts: tuple[Who, ...]


@dataclass(frozen=True)
class Unlock(Step):
    accounts: tuple[Who, ...]


@dataclass(frozen=True)
class SetLogin(Step):
    """How these log in: over TLS, with that limit, and with `auth`; None: as they do."""

    accounts: tuple[Who, ...]
    limit: int
    auth: Auth | None
    freed: bool = False
    """Of every other limit that an account can have."""


@dataclass(frozen=True)
class RestoreLogin(Step):
    """How it logged in before the run."""

    account: Account


@dataclass(frozen=True)
class SetPassword(Step):
    """The password of its secret. It is in no change: the run puts it in."""

    account: Who


@dataclass(frozen=True)
class DiscardPassword(Step):
    """The second one, which MySQL keeps of an account (RETAIN CURRENT PASSWORD)."""

    accounts: tuple[Who, ...]


@dataclass(frozen=True)
class GiveRole(Step):
    role: Who
    members: tuple[Who, ...]
    admin: bool = False


@dataclass(frozen=True)
class TakeRole(Step):
    role: Who
    members: tuple[Who, ...]


@dataclass(frozen=True)
class StartAs(Step):
    """Let the accounts' sessions start with these roles, or with none."""

    roles: tuple[Who, ...]
    members: tuple[Who, ...]


@dataclass(frozen=True)
class Give(Step):
    who: Who
    on: On
    privileges: frozenset[str]


@dataclass(frozen=True)
class Take(Step):
    who: Who
    on: On
    privileges: frozenset[str]


Change = (
    MakeSchema
    | DropSchema
    | MakeProcedure
    | DropProcedure
    | MakeRole
    | DropRole
    | MakeAccounts
    | DropAccounts
    | Lock
    | Unlock
    | SetLogin
    | RestoreLogin
    | SetPassword
    | DiscardPassword
    | GiveRole
    | TakeRole
    | StartAs
    | Give
    | Take
)
Plan = tuple[Change, ...]


def ordered(changes: "list[Change]") -> Plan:
    """By stage, within one as they came."""
    return tuple(sorted(changes, key=lambda change: change.stage))
