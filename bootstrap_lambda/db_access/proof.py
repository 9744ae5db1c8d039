"""Ask PostgreSQL itself who can do what, and hold it against the spec, both ways. Changes nothing.

The plan compares ACLs; the proof asks `has_*_privilege`, which also sees what comes through groups, PUBLIC,
ownership and superuser attributes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from db_access.proof_queries import EFFECTIVE, IAM_LOGINS
from db_access.state import PUBLIC, Acl, Kind, Privilege, Privileges, State

_NOTHING: Privileges = frozenset()


def surprises(connection: Connection[Any], desired: State) -> list[str]:
    """Every way in which what PostgreSQL allows differs from `desired`: user, object, privilege.

    Looks at the database, the declared schemas (and public, where it is locked) and every object in them.
    """
    wanted = {(objects.kind, objects.schema): objects.acl for objects in desired.objects}
    users = sorted(desired.roles.keys() - set(desired.schemas.values()) - {key.creator for key in desired.defaults})
    schemas = sorted({objects.schema for objects in desired.objects if objects.schema is not None})
    rows = connection.cursor(row_factory=dict_row).execute(EFFECTIVE, {"users": users, "schemas": schemas}).fetchall()
    return [text for row in rows for text in _surprises(row, wanted[Kind(row["kind"]), row["schema"]])]


def _surprises(row: Mapping[str, Any], acl: Acl) -> Iterator[str]:
    held = frozenset(map(Privilege, row["held"]))
    should = acl.get(row["username"], _NOTHING)
    # Where PUBLIC is open, what everybody has is nobody's surprise.
    open_to_all = _NOTHING if PUBLIC in acl else frozenset(map(Privilege, row["public"]))
    for verb, privileges in (("can", held - should - open_to_all), ("can't", should - held)):
        if privileges:
            yield f"{row['username']!r} {verb} {', '.join(sorted(privileges))} on {row['kind']} {_name(row)}{_route(row, verb)}"


def _name(row: Mapping[str, Any]) -> str:
    prefix = f"{row['schema']}." if row["kind"] not in (Kind.SCHEMA, Kind.DATABASE) else ""
    others = f" and {row['count'] - 1} more like it" if row["count"] > 1 else ""
    return f"{prefix}{row['name']}{others}"


def _route(row: Mapping[str, Any], verb: str) -> str:
    if verb == "can't":
        return ", though the spec gives it"
    return f", through {row['route']}, though the spec doesn't give it"


def iam_logins(connection: Connection[Any]) -> frozenset[str]:
    """The roles that can log in by an IAM token only: every LOGIN role that reaches rds_iam, through any chain."""
    return frozenset(name for (name,) in connection.execute(IAM_LOGINS).fetchall())


def locked_out(before: Iterable[str], after: Iterable[str], declared: Iterable[str]) -> list[str]:
    """Logins that the run would have made IAM-only by accident, one sentence each.

    Source: pg_hba's `+rds_iam` counts indirect membership (postgresql.org, The pg_hba.conf File).
    """
    return [
        f"login {name!r} would reach {'rds_iam'!r} through a membership, so its password would stop working; "
        "allowed: IAM users of the spec only"
        for name in sorted(set(after) - set(before) - set(declared))
    ]
