"""Names: which ones PostgreSQL can use, and which ones a role of a spec may have."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import StringConstraints

from db_access.spec.model.forms import MANAGER
from db_access.wording import cited

DEFAULT_MANAGER: Final = "keyless-aurora"
"""The name that marks the roles of a spec which names none."""
Manager = Annotated[str, StringConstraints(pattern=MANAGER)]
"""A name that marks roles."""
_WILDCARDS: Final = "*?$"
_LAST_IN_POLICY: Final = "\u00ff"
_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""In names from the catalogs it stands for bytes that are no text, so a name that has it could not be told apart."""
_MAX_BYTES: Final = 63
"""NAMEDATALEN - 1: PostgreSQL silently cuts longer identifiers (postgresql.org, SQL Syntax, 4.1.1)."""


def identifier(name: str) -> str:
    """`name`, if it is an identifier that PostgreSQL doesn't cut. Raises ValueError with the reason."""
    size = len(name.encode(errors="surrogatepass"))
    if not 0 < size <= _MAX_BYTES:
        raise ValueError(f"{cited(name)} has {size} bytes; allowed: 1 to {_MAX_BYTES}")
    if _UNREADABLE in name:
        raise ValueError(f"{name!r} contains U+FFFD, which stands for what can't be read; allowed: names without it")
    if name.lower().startswith("pg_") or name.lower() in {"information_schema", "rdsadmin"}:
        raise ValueError(
            f"{name!r} is reserved by PostgreSQL or RDS; allowed: names that don't start with pg_, and are not "
            "information_schema or rdsadmin"
        )
    return name


def role_name(name: str) -> str:
    """`name`, if a role of a spec may have it. Raises ValueError with the reason."""
    identifier(name)
    if name.lower().startswith("rds") or name.lower() in {"public", "none", "postgres"}:
        raise ValueError(
            f"{name!r} is reserved; allowed: names that don't start with rds or pg_, and are not public, none or "
            "postgres"
        )
    return name


def database_name(name: str) -> str:
    """`name`, if a database may have it that somebody can use. Raises ValueError with the reason."""
    identifier(name)
    if name == "template0":
        raise ValueError(f"{name!r} lets nobody connect; allowed: names of other databases")
    return name


def others_name(name: str) -> str:
    """`name`, if a role that no spec manages may have it, and is nobody's own. Raises ValueError with the reason."""
    if name.lower().startswith("rds") or name.lower() in {"public", "none"}:
        raise ValueError(f"{cited(name)} is reserved; allowed: names of roles that somebody has made")
    return name


def nameable(name: str) -> bool:
    """Whether a spec can acknowledge a role of that name."""
    try:
        return others_name(name).isprintable()
    except ValueError:
        return False


def unnameable(user: str) -> str | None:
    """Why an IAM policy can't name exactly that database user, if it can't.

    Source: IAM User Guide, "IAM and AWS STS quotas" (the characters of a policy document) and "IAM policy elements"
    (wildcards and variables).
    """
    if set(user) & set(_WILDCARDS):
        return (
            f"{cited(user)} would stand for other users too, because an IAM policy reads {' '.join(_WILDCARDS)} as "
            "patterns; allowed: names without them"
        )
    if any(character > _LAST_IN_POLICY or not character.isprintable() for character in user):
        return (
            f"{user!a} can't be named in an IAM policy, whose characters end at U+00FF; allowed: printable "
            "characters up to ÿ"
        )
    return None


def split_object(name: str, schemas: Sequence[str]) -> tuple[str, str] | None:
    """(schema, object) of `schema.object`; None if it is in none of `schemas`.

    Names may contain dots: of several schemas that fit, the longest is taken.
    """
    fitting = [schema for schema in schemas if name.startswith(f"{schema}.") and len(name) > len(schema) + 1]
    return (best := max(fitting, key=len), name[len(best) + 1 :]) if fitting else None
