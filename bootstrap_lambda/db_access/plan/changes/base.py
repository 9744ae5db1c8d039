"""What every change has: a reason for the operator, and the facts about its kind."""

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar


class Scope(Enum):
    """What a change is about. A change of the cluster is made once, whichever database's run comes to it first."""

    CLUSTER = "cluster"
    DATABASE = "database"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Base of all kinds. Each says of itself, without defaults:

    `scope`: whether it is about the cluster or about one database.
    `keeps_data`: whether its statement leaves every row and object in place, whatever it names.
    """

    scope: ClassVar[Scope]
    keeps_data: ClassVar[bool]

    reason: str = field(compare=False)

    @property
    def why(self) -> str:
        """The reason as it is shown, with what was counted when the plan was made."""
        return self.reason

    def __init_subclass__(cls, *, scope: Scope, keeps_data: bool) -> None:
        cls.scope, cls.keeps_data = scope, keeps_data
