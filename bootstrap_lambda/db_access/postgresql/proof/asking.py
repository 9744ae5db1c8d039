"""Ask PostgreSQL itself who can do what, and hold it against the spec, both ways. Changes nothing.

The plan compares ACLs; the proof asks `has_*_privilege`, which also sees what comes through groups, PUBLIC,
ownership, predefined roles and superuser attributes.

It need not ask for every user and every object. Whether PostgreSQL lets user U do something to object O depends
(aclmask, pg_class_aclmask_ext and their siblings in PostgreSQL's aclchk.c and acl.c) on O's owner and ACL, for a column
also on its table's; on whether U is a superuser; and on which of these U has the rights of, by any chain of
memberships: the owner, the ACL's grantees, the predefined roles. Hence

- objects of one kind with equal owner and ACL answer alike: one of each class is asked;
- a column whose own ACL is empty answers as its table does: only the others are asked, and those that the spec names
  (to find them is half of the cost, so a state that was just read may say in which tables they are);
- a user with no chain of memberships, inheriting or not, to a class's owner or grantees or to a predefined role, and
  without the superuser attribute, can do what PUBLIC can: PUBLIC is asked in its place. The chains are counted
  generously (options are ignored, the database owner is in pg_database_owner, rds* counts as predefined): that costs
  questions, not answers;
- users whose direct memberships and options are equal, who are neither grantee nor owner in any class, answer alike:
  one of them is asked.

Nothing is concluded from an ACL about what somebody can do; ACLs only say who answers alike. Objects that the spec
speaks of by name are classes of their own. `tests/database/proof/test_exhaustive.py` holds this against asking for
everything.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, Cursor

from db_access.postgresql.catalog.acl import privileges_of
from db_access.postgresql.desired.lookup import Wanted
from db_access.postgresql.proof.compare import Answer, Class, Surprise, differences
from db_access.postgresql.proof.effective import effective, heirs
from db_access.postgresql.proof.queries import EFFECTIVE, IAM_LOGINS
from db_access.postgresql.proof.routes import routes
from db_access.postgresql.state import Kind, State

_SHOWN: Final = 200
"""Surprises that get a sentence; a locked PUBLIC that is open again is one for every user and class."""
_MANY: Final = 1000
"""Tables from which on it is quicker to look at all."""
_NAMED: Final = (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE)


def surprises(connection: Connection[Any], desired: State) -> list[str]:
    """Every way in which what PostgreSQL allows differs from `desired`, as sentences: user, object, privilege, route.

    Looks at the database, the declared schemas (and public, where it is locked) and every object in the declared ones.
    """
    return sentences(connection, deviations(connection, desired))


def deviations(connection: Connection[Any], desired: State) -> Iterator[Surprise]:
    """The same as values, without the routes."""
    return ask(connection, desired).deviations()


@dataclass(frozen=True)
class Asked:
    """The question on its way to PostgreSQL; `deviations` reads the answers."""

    desired: State
    users: frozenset[str]
    answers: Cursor[Any]

    def deviations(self) -> Iterator[Surprise]:
        wanted, members = Wanted.of(self.desired), heirs(self.desired.memberships)
        for asked in self._classes():
            acl = wanted.acl((asked.kind, asked.schema, asked.column), asked.alone)
            if acl is not None:
                yield from differences(asked, effective(acl, members), self.users)

    def _classes(self) -> Iterable[Class]:
        classes: dict[int, Class] = {}
        for id_, kind, schema, column, alone, count, oid, name, held, whole, who in self.answers.fetchall():
            if id_ not in classes:
                classes[id_] = Class(
                    Kind.TABLE if kind == "column" else Kind(kind), schema, column, alone, name, oid, count
                )
            answer = Answer(privileges_of(held), privileges_of(whole))
            classes[id_].answers.update(dict.fromkeys(who, answer))
        return classes.values()


def ask(connection: Connection[Any], desired: State, current: State | None = None) -> Asked:
    """Ask who can do what.

    Args:
        current: a state read in the same transaction after its last change, if there is one.
    """
    users = frozenset(desired.roles.keys() - {*desired.schemas.values(), *(key.creator for key in desired.defaults)})
    parameters = {
        **_columns(desired, current),
        **_names(desired),
        "users": sorted(users),
        "schemas": sorted({objects.schema for objects in desired.objects if objects.schema is not None}),
        "maintain": connection.info.server_version >= 170000,
    }
    return Asked(desired, users, connection.execute(EFFECTIVE, parameters))


def _columns(desired: State, current: State | None) -> dict[str, Any]:
    """In which tables to look for columns with rights of their own, and which columns the spec speaks of."""
    keys = {column for objects in desired.objects for column in objects.columns}
    found = (
        sorted({(o.schema or "", name) for o in current.objects if o.columns for name in o.names}) if current else []
    )
    return {
        "all_columns": current is None or len(found) > _MANY,
        "column_schemas": [schema for schema, _ in found],
        "column_tables": [name for _, name in found],
        "key_columns": sorted(keys),
        "any_key": bool(keys),
    }


def _names(desired: State) -> dict[str, Any]:
    """The objects that the spec speaks of one by one."""
    named = {(objects.schema, name) for objects in desired.objects if objects.kind in _NAMED for name in objects.names}
    return {
        "named_schemas": [schema for schema, _ in named],
        "named": [name for _, name in named],
        "any_named": bool(named),
    }


def sentences(connection: Connection[Any], deviations: Iterable[Surprise]) -> list[str]:
    """Surprises for the operator, with the route that each privilege comes by."""
    found = sorted(deviations, key=lambda s: (s.username, s.of.kind, s.of.shown, s.missing))
    by_way_of = routes(connection, [surprise for surprise in found[:_SHOWN] if not surprise.missing])
    told = [
        surprise.sentence(by_way_of.get((surprise.username, surprise.of.kind, surprise.of.oid), {}))
        for surprise in found[:_SHOWN]
    ]
    return [*told, *([f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else [])]


def ask_iam_logins(connection: Connection[Any]) -> Cursor[Any]:
    """Ask for the roles that can log in by an IAM token only: every LOGIN role that reaches rds_iam, through any
    chain."""
    return connection.execute(IAM_LOGINS)


def locked_out(before: Collection[str], after: Cursor[Any], declared: Collection[str]) -> list[str]:
    """Logins that the run would have made IAM-only by accident, one sentence each. `after`: as `ask_iam_logins` has it.

    Source: pg_hba's `+rds_iam` counts indirect membership (postgresql.org, The pg_hba.conf File).
    """
    return [
        f"login {name!r} would reach {'rds_iam'!r} through a membership, so its password would stop working; "
        "allowed: IAM users of the spec only"
        for name in sorted({name for (name,) in after.fetchall()}.difference(before, declared))
    ]
