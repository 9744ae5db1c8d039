"""Make a world's objects, as its owners, creators, the master and users would."""

import random
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Final

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from tests.oracle.asking.probes import PLACE, WHOLE
from tests.oracle.world.world import Planned, World

INERT: Final = {"table", "sequence", "enum"}
"""What a user may make without code of its own that would run as the schema's owner later."""
_BASE: Final = Identifier(PLACE, "base")


def make_place(connection: Connection[Any]) -> None:
    """What is everybody's: the schema where probes make things, and what the views show."""
    place = Identifier(PLACE)
    for statement in (
        SQL("CREATE SCHEMA {}").format(place),
        SQL("GRANT ALL ON SCHEMA {} TO PUBLIC").format(place),
        SQL("CREATE TABLE {} (a int, b int, c int, d int)").format(_BASE),
        SQL("INSERT INTO {} VALUES (1, 2, 3, 4)").format(_BASE),
        SQL("GRANT ALL ON {} TO PUBLIC").format(_BASE),
        SQL("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'").format(
            Identifier(PLACE, "triggered")
        ),
        SQL("CREATE EXTENSION file_fdw SCHEMA {}").format(place),
        SQL("CREATE SERVER {} FOREIGN DATA WRAPPER file_fdw").format(place),
    ):
        connection.execute(statement)


def make_early(connection: Connection[Any], world: World, master: str) -> set[Planned]:
    """Some schemas, with some of their objects, are there before the spec, and the master's. So are all that keep their
    owners."""
    chance = random.Random(f"{world.seed} early")
    early = {schema for schema in world.makers if world.early and chance.random() < 0.3} | world.kept.keys()
    connection.execute(SQL("SET ROLE {}").format(Identifier(master)))
    for schema in sorted(early - {"public"}):
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    connection.execute("RESET ROLE")
    made = {planned for planned in world.planned if planned.schema in early and chance.random() < 0.3}
    for planned in world.planned:
        if planned in made:
            make_one(connection, planned, master)
    return made


def hand_over(connection: Connection[Any], world: World) -> None:
    """Schemas that keep their owners to these, once the spec has made its roles."""
    for schema, owner in sorted(world.kept.items()):
        connection.execute(SQL("ALTER SCHEMA {} OWNER TO {}").format(Identifier(schema), Identifier(owner)))


def make_objects(
    connection: Connection[Any], world: World, users: Mapping[str, Sequence[str]], master: str, made: Set[Planned]
) -> None:
    """As a superuser who acts as one maker after the other.

    Args:
        users: by schema, those who may create there.
        made: what is there already.
    """
    chance = random.Random(f"{world.seed} objects")
    for planned in (planned for planned in world.planned if planned not in made):
        makers = [*world.makers[planned.schema], master, *(users[planned.schema] if planned.kind in INERT else ())]
        maker = chance.choice([world.makers[planned.schema][0], *makers])
        make_one(connection, planned, maker)


def make_one(connection: Connection[Any], planned: Planned, maker: str) -> None:
    """A creator's CREATE is lent by the test: a spec gives it to users and groups only."""
    schema, role = Identifier(planned.schema), Identifier(maker)
    may = "SELECT has_schema_privilege(%s, %s, 'CREATE'), has_schema_privilege(%s, %s, 'USAGE')"
    row = connection.execute(may, [maker, planned.schema] * 2).fetchone()
    assert row is not None
    lent = [SQL(name) for name, has in zip(("CREATE", "USAGE"), row, strict=True) if not has]
    for privilege in lent:
        connection.execute(SQL("GRANT {} ON SCHEMA {} TO {}").format(privilege, schema, role))
    name = Identifier(
        planned.schema, planned.name[: planned.name.rindex("(")] if planned.kind in _CALLABLE else planned.name
    )
    if planned.kind == "foreign":  # only a superuser may say which file
        for statement in (_STATEMENTS["foreign"](name, planned), SQL("ALTER TABLE {} OWNER TO {}").format(name, role)):
            connection.execute(statement)
    else:
        connection.execute(SQL("SET ROLE {}").format(role))
        connection.execute(_STATEMENTS[planned.kind](name, planned))
        connection.execute("RESET ROLE")
    for privilege in lent:
        connection.execute(SQL("REVOKE {} ON SCHEMA {} FROM {}").format(privilege, schema, role))


_CALLABLE: Final = {"function", "procedure", "aggregate"}


def _table(first: str, rest: str = "") -> Callable[[Identifier, Planned], Composed]:
    def statement(name: Identifier, planned: Planned) -> Composed:
        columns = [SQL("{} int UNIQUE").format(Identifier(column)) for column in planned.columns[1:]]
        return SQL("CREATE TABLE {} ({}, {} int UNIQUE)").format(
            name,
            SQL(", ").join([SQL(first).format(Identifier(planned.columns[0])), *columns]),
            Identifier(WHOLE),
        ) + SQL(rest)

    return statement


def _partitioned(name: Identifier, planned: Planned) -> Composed:
    columns = [SQL("{} int").format(Identifier(column)) for column in planned.columns]
    return SQL("CREATE TABLE {} ({}, {} int UNIQUE) PARTITION BY LIST ({})").format(
        name, SQL(", ").join(columns), Identifier(WHOLE), Identifier(WHOLE)
    ) + SQL("; CREATE TABLE {} PARTITION OF {} DEFAULT").format(
        Identifier(planned.schema, f"part of {planned.schema[:9]}{planned.columns[0][:9]}"), name
    )


def _view(verb: str, end: str = "") -> Callable[[Identifier, Planned], Composed]:
    def statement(name: Identifier, planned: Planned) -> Composed:
        shown = [
            SQL("{} AS {}").format(Identifier(base), Identifier(column))
            for base, column in zip("abcd", (*planned.columns, WHOLE), strict=False)
        ]
        return SQL("CREATE {} {} AS SELECT {} FROM {}").format(SQL(verb), name, SQL(", ").join(shown), _BASE)

    return statement


def _foreign(name: Identifier, planned: Planned) -> Composed:
    columns = SQL(", ").join(SQL("{} int").format(Identifier(column)) for column in (*planned.columns, WHOLE))
    return SQL("CREATE FOREIGN TABLE {} ({}) SERVER {} OPTIONS (filename '/dev/null')").format(
        name, columns, Identifier(PLACE)
    )


def _routine(name: Identifier, planned: Planned) -> Composed:
    arguments = SQL(planned.name[planned.name.rindex("(") :])
    return SQL("CREATE FUNCTION {}{} RETURNS int LANGUAGE sql AS 'SELECT 1'").format(name, arguments)


def _simple(text: str) -> Callable[[Identifier, Planned], Composed]:
    return lambda name, _: SQL(text).format(name)


_STATEMENTS: Final[dict[str, Callable[[Identifier, Planned], Composed]]] = {
    "table": _table("{} int UNIQUE"),
    "serial": _table("{} bigserial UNIQUE"),
    "identity": _table("{} int GENERATED ALWAYS AS IDENTITY UNIQUE"),
    "partitioned": _partitioned,
    "view": _view("VIEW"),
    "matview": _view("MATERIALIZED VIEW"),
    "foreign": _foreign,
    "sequence": _simple("CREATE SEQUENCE {}"),
    "function": _routine,
    "procedure": _simple("CREATE PROCEDURE {}() LANGUAGE sql AS 'SELECT 1'"),
    "aggregate": _simple("CREATE AGGREGATE {}(integer) (SFUNC = int4pl, STYPE = integer)"),
    "enum": _simple("CREATE TYPE {} AS ENUM ('x')"),
    "domain": _simple("CREATE DOMAIN {} AS int CHECK (VALUE > 0)"),
    "composite": _simple("CREATE TYPE {} AS (x int)"),
    "range": _simple("CREATE TYPE {} AS RANGE (SUBTYPE = float8)"),
}
