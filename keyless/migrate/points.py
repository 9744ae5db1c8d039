"""In what points PostgreSQL treats the two users differently, and what can be done about each. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from db_access.wording import one_line


class Kind(Enum):
    """What kind of difference it is: its name in JSON, the way out, and whether it can be accepted as it is."""

    SPEC = ("spec", "make what the spec says of both equal", False)
    RIGHTS = ("rights", "sync the spec; then what is left was given by hand: put it into the spec of both", False)
    BY_HAND = ("grant by hand", "put it into the spec of both, or revoke it", False)
    MEMBERSHIP = (
        "membership",
        "put it into the spec of both, or revoke it; one that `keyless grants` lists ends by itself, or by --end",
        False,
    )
    MEMBERS = ("member of the old user", "grant them a group of the spec in its place, and revoke it", False)
    ATTRIBUTE = ("attribute", "ALTER ROLE either of them", False)
    SETTING = ("setting", "put it into `settings` of both, or ALTER ROLE ... RESET", False)
    OWNED = ("owned", "ALTER ... OWNER TO the schema's owner, or REASSIGN OWNED BY", False)
    POLICY = ("policy", "ALTER POLICY ... TO both of them, or to a group of both", False)
    DEFAULTS = ("default privileges", "ALTER DEFAULT PRIVILEGES FOR ROLE the role that makes objects then", False)
    NAME = (
        "who is logged in",
        "change it to a group or a setting, or --accept it if the new name is right there",
        True,
    )

    def __init__(self, label: str, remedy: str, acceptable: bool) -> None:
        self.label, self.remedy, self.acceptable = label, remedy, acceptable


@dataclass(frozen=True)
class Point:
    kind: Kind
    what: str
    """What it is about, on one line: `policy own_rows on table foo.event`."""
    difference: str

    @classmethod
    def of(cls, kind: Kind, what: str, difference: str) -> "Point":
        return cls(kind, one_line(what), one_line(difference))

    def __str__(self) -> str:
        return f"{self.what}: {self.difference}; allowed: {self.kind.remedy}"

    def accepted(self, names: Collection[str]) -> bool:
        """Whether the operator has said that it may stay, by its name."""
        return self.kind.acceptable and self.what in names
