"""Ask PostgreSQL itself who can do what, and hold it against the spec, both ways. Changes nothing.

The plan compares ACLs; the proof asks `has_*_privilege`, which also sees what comes through groups, PUBLIC,
ownership, predefined roles and superuser attributes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from db_access.proof_queries import EFFECTIVE, IAM_LOGINS, ROUTES
from db_access.state import PUBLIC, Acl, Kind, Privilege, Privileges, State

_NOTHING: Privileges = frozenset()


@dataclass(frozen=True)
class _Surprise:
    """One user's too many (or missing) privileges on an object, which stands for `count` objects with the same ACL."""

    username: str
    kind: Kind
    oid: int
    name: str
    count: int
    privileges: tuple[Privilege, ...]
    missing: bool

    def sentence(self, routes: Mapping[Privilege, str]) -> str:
        others = f" and {self.count - 1} more like it" if self.count > 1 else ""
        what = f"{', '.join(self.privileges)} on {self.kind} {self.name}{others}"
        if self.missing:
            return f"{self.username!r} can't {what}, though the spec gives it"
        through = " and ".join(sorted({routes[privilege] for privilege in self.privileges}))
        return f"{self.username!r} can {what}, through {through}, though the spec doesn't give it"


def surprises(connection: Connection[Any], desired: State) -> list[str]:
    """Every way in which what PostgreSQL allows differs from `desired`, as sentences: user, object, privilege, route.

    Looks at the database, the declared schemas (and public, where it is locked) and every object in the declared ones.
    """
    wanted = {(objects.kind, objects.schema): objects.acl for objects in desired.objects}
    owners = {*desired.schemas.values(), *(key.creator for key in desired.defaults)}
    parameters = {
        "users": sorted(desired.roles.keys() - owners),
        "schemas": sorted({objects.schema for objects in desired.objects if objects.schema is not None}),
    }
    rows = connection.cursor(row_factory=dict_row).execute(EFFECTIVE, parameters).fetchall()
    compared = [(row, wanted.get((Kind(row["kind"]), row["schema"]))) for row in rows]
    found = [surprise for row, acl in compared if acl is not None for surprise in _differences(row, acl)]
    routes = _routes(connection, [surprise for surprise in found if not surprise.missing])
    return [surprise.sentence(routes.get((surprise.username, surprise.kind, surprise.oid), {})) for surprise in found]


def _differences(row: Mapping[str, Any], acl: Acl) -> Iterator[_Surprise]:
    held = frozenset(map(Privilege, row["held"]))
    should = acl.get(row["username"], _NOTHING)
    # Where PUBLIC is open, what everybody has is nobody's surprise.
    open_to_all = _NOTHING if PUBLIC in acl else frozenset(map(Privilege, row["public"]))
    for privileges, missing in ((held - should - open_to_all, False), (should - held, True)):
        if privileges:
            yield _Surprise(
                row["username"], Kind(row["kind"]), row["oid"], _name(row), row["count"], tuple(sorted(privileges)), missing
            )  # fmt: skip


def _name(row: Mapping[str, Any]) -> str:
    alone = row["kind"] in (Kind.SCHEMA, Kind.DATABASE)
    return str(row["name"] if alone else f"{row['schema']}.{row['name']}")


def _routes(connection: Connection[Any], found: Sequence[_Surprise]) -> dict[tuple[str, Kind, int], dict[Privilege, str]]:
    """By which way each user comes to each privilege."""
    if not found:
        return {}
    asked = [(s.username, s.kind, s.oid, privilege) for s in found for privilege in s.privileges]
    users, kinds, oids, privileges = (list(column) for column in zip(*asked, strict=True))
    parameters = {"users": users, "kinds": [str(k) for k in kinds], "oids": oids, "privileges": [str(p) for p in privileges]}
    routes: dict[tuple[str, Kind, int], dict[Privilege, str]] = {}
    for username, kind, oid, privilege, route in connection.execute(ROUTES, parameters):
        routes.setdefault((username, Kind(kind), oid), {})[Privilege(privilege)] = route
    return routes


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
