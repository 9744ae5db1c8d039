"""What a server shall have, as values: a role with rights, a login, and all of a spec. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from db_access.mysql import names
from db_access.mysql.state import Auth, Level, On, Privilege, Rights
from db_access.mysql.translation.wants import Key


@dataclass(frozen=True)
class Role:
    """A role with rights: a profile or a group."""

    rights: Rights = field(default_factory=dict)
    keys: frozenset[Key] = frozenset()
    """SELECT on these may be there for tables that aren't, or aren't yet known."""
    adopt: bool = False

    def allows(self, on: On, privilege: str) -> bool:
        if privilege in self.rights.get(on, frozenset()):
            return True
        return (
            on.level is Level.COLUMN
            and privilege == Privilege.SELECT
            and (
                Key(on.schema, None, on.part.lower()) in self.keys
                or Key(on.schema, on.name, on.part.lower()) in self.keys
            )
        )

    def beyond(self, held: Rights) -> dict[On, frozenset[str]]:
        """What of `held` it doesn't allow."""
        left = {on: frozenset(p for p in privileges if not self.allows(on, p)) for on, privileges in held.items()}
        return {on: privileges for on, privileges in left.items() if privileges}


@dataclass(frozen=True)
class Login:
    auth: Auth
    locked: bool
    limit: int
    profile: str | None
    """None: it has no rights."""
    groups: frozenset[str]
    version: str | None = None
    """The role that says of which version of its secret the password is; None: the run doesn't know the secret."""
    adopt: bool = False


@dataclass(frozen=True)
class Desired:
    manager: str
    logins: Mapping[str, Login]
    profiles: Mapping[str, Role]
    groups: Mapping[str, Role]
    schemas: tuple[str, ...] = ()
    former: frozenset[str] = frozenset()
    """Markers of specs that this one takes over from."""
    given_back: frozenset[str] = frozenset()
    """Those of them that had taken over from it."""
    acknowledged: frozenset[str] = frozenset()
    """Names of others that may have rights here."""
    additive: bool = False
    dropped: frozenset[str] = frozenset()
    """Retired, and their accounts go too."""
    procedures: Mapping[str, str] = field(default_factory=dict)
    """By name, the bodies of those that the drift watch looks by; none, where there is no watch."""
    marker: str = field(kw_only=True)
    """The role that marks what is managed."""
    markers: frozenset[str] = field(kw_only=True)
    """That one, and those whose place it has taken, or takes."""

    @property
    def mark(self) -> str:
        """Of what has just been made, in place of the role."""
        return names.marker(self.manager)

    @property
    def watching(self) -> str:
        """The schema of the procedures."""
        return names.watching(self.manager)

    def watched(self, procedures: Mapping[str, str]) -> "Desired":
        """The same with these, and their schema, in which nobody else has a right either."""
        return replace(self, procedures=procedures, schemas=(*self.schemas, self.watching))

    @property
    def roles(self) -> Mapping[str, Role]:
        return {**self.profiles, **self.groups}
