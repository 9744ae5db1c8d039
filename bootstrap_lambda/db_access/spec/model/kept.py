"""Schemas that keep their owner: the word for it in a spec, in the place of an owner's name."""

from enum import Enum
from typing import Annotated, Final

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticKnownError

from db_access.spec.model.names import role_name
from db_access.wording import cited


class Keep(Enum):
    """What `owner` of a schema says instead of a role's name."""

    KEEP = "keep"

    def __str__(self) -> str:
        return self.value


KEEP: Final = Keep.KEEP.value


def _owner(raw: object) -> str | Keep:
    """A role named like the word could not be told from it, and one that differs in case would be taken for it."""
    if isinstance(raw, Keep) or raw == KEEP:
        return Keep.KEEP
    if not isinstance(raw, str):
        raise PydanticKnownError("string_type")
    if not nameable_owner(raw):
        raise ValueError(
            f"{cited(raw)} differs from `{KEEP}` only in case; allowed: `{KEEP}`, for which no role's name stands, or "
            "another name"
        )
    return role_name(raw)


def nameable_owner(name: str) -> bool:
    """Whether a spec can name that role as the owner of a schema."""
    return name.lower() != KEEP


SchemaOwner = Annotated[
    str | Keep,
    PlainValidator(_owner),
    WithJsonSchema({"anyOf": [{"const": KEEP}, {"type": "string"}]}),
]
