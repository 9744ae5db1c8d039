"""A function's rehearsal.yaml: the events that it is called with, and what must come of each (docs/rehearsal.md)."""

from typing import Annotated, Any, Final, Literal, Self

from psycopg.errors import lookup
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

FILE = "rehearsal.yaml"
_OF_LOGINS: Final = frozenset({1040, 1045, 1129, 1130, 1203, 1251, 1698, 3118, 3159, 4151})
"""MySQL's and MariaDB's numbers, by which they let nobody in; a statement that one of them fails isn't told from it."""
_SERVERS: Final = range(1_000, 65_536)
_DRIVERS: Final = range(2_000, 3_000)
"""An error without a word of the server's."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Refused(_Model):
    """A refusal: by whom, and with what in its message."""

    by: Literal["PostgreSQL", "MySQL", "MariaDB", "IAM", "function"]
    """`function`: an error of the function's own. `MySQL`: either server of its family."""
    sqlstate: Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")] | None = None
    """PostgreSQL's code, such as 42501, by which psycopg has a class of errors."""
    errno: int | None = None
    """MySQL's or MariaDB's number, such as 1142."""
    message: Annotated[str, Field(min_length=1)] | None = None
    """What the message must contain."""

    @model_validator(mode="before")
    @classmethod
    def _code_as_text(cls, raw: object) -> object:
        """YAML reads a code of digits as a number."""
        if isinstance(raw, dict) and type(raw.get("sqlstate")) is int:
            return {**raw, "sqlstate": f"{raw['sqlstate']:05}"}
        return raw

    @model_validator(mode="after")
    def _codes_are_postgresqls(self) -> Self:
        if self.sqlstate and self.by != "PostgreSQL":
            raise ValueError(f"has a sqlstate, which goes with `by: PostgreSQL`, not {self.by}")
        if self.sqlstate and not _is_code(self.sqlstate):
            raise ValueError(f"has the sqlstate {self.sqlstate}, which PostgreSQL fails nothing with (its Appendix A)")
        return self

    @model_validator(mode="after")
    def _numbers_are_mysqls(self) -> Self:
        if self.errno is None:
            return self
        if self.by not in ("MySQL", "MariaDB"):
            raise ValueError(f"has an errno, which goes with `by: MySQL` or `by: MariaDB`, not {self.by}")
        if self.errno in _OF_LOGINS:
            raise ValueError(f"has the errno {self.errno}, by which logins are refused, not statements")
        if self.errno not in _SERVERS or self.errno in _DRIVERS:
            raise ValueError(f"has the errno {self.errno}, which no server of MySQL's family fails anything with")
        return self


class Result(_Model):
    """What the function returns."""

    result: Any
    """An object may have more fields than these, at each level, unless `exact`."""
    exact: bool = False


class RefusedExpectation(_Model):
    refused: Refused


def _is_code(sqlstate: str) -> bool:
    try:
        return bool(lookup(sqlstate))
    except KeyError:
        return False


def kind_of(raw: object) -> str | None:
    """Which expectation is meant, by its first field; None for none of them."""
    if isinstance(raw, dict):
        return next((name for name in ("refused", "result") if name in raw), None)
    return "allowed" if raw == "allowed" else None


Expectation = Annotated[
    Annotated[Literal["allowed"], Tag("allowed")]
    | Annotated[Result, Tag("result")]
    | Annotated[RefusedExpectation, Tag("refused")],
    Discriminator(kind_of),
]


class OwnLine(_Model):
    """One call."""

    event: dict[str, Any]
    expect: Expectation
    title: str | None = Field(default=None, min_length=1, max_length=200)


class RehearsalFile(_Model):
    order: int = 0
    """Functions with a lower one are called before: a migrator has -1 or less."""
    lines: tuple[OwnLine, ...] = Field(min_length=1)
