"""Apps from seeds: a right one is all green, and one with a single fault is red in the lines that are about it alone.

REHEARSED_SEEDS=0-19 tries as many; each is a deployment.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import pytest
from psycopg.sql import SQL, Composed, Identifier

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.apps.seeded import Seeded, Table, line, lines_of, made

_FIRST, _, _LAST = os.environ.get("REHEARSED_SEEDS", "0-1").partition("-")
SEEDS: Final = range(int(_FIRST), int(_LAST or _FIRST) + 1)
_BY_HAND: Final = ("INSERT", "UPDATE", "DELETE")
"""What is given and taken here: SELECT would also be that of columns."""


def wrong(stage: Stage) -> set[str]:
    return {line.what for line in who_can_do_what(stage).lines if not line.holds}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_right_app_is_green_and_each_fault_is_red_in_its_own_lines(seed: int, tmp_path: Path) -> None:
    app, chance = made(seed), Random(seed)
    with Stage(app.app.write(tmp_path), app.app.environment, print, app.variant) as stage:
        lines = who_can_do_what(stage, first=True).lines
        assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
        _are_those_of_the_spec(app, lines)
        with _by_hand(stage, app, chance, held=False) as red:
            assert wrong(stage) == red
        with _by_hand(stage, app, chance, held=True) as red:
            assert wrong(stage) == red
        if not app.variant.with_secrets:
            with _without_login(stage, app) as red:
                assert wrong(stage) == red
            with _as_another_user(stage, app) as red:
                assert wrong(stage) == red
        assert wrong(stage) == set(), "a fault was not taken back"


def _are_those_of_the_spec(app: Seeded, lines: tuple[Line, ...]) -> None:
    """Every right on a table that a user must have, or not, has its line; every login of a user, too."""
    expected = {line.what: line.expected is Outcome.ALLOWED for line in lines}
    said = dict(lines_of(app))
    assert {what: expected.get(what) for what in said} == said
    users = {user for user, _ in app.held}
    databases = {table.database for table in app.tables}
    logins = {
        f"{user} in database {database}": user not in app.disabled and app.connects(user, database)
        for user in users
        for database in databases
    }
    assert {what: expected.get(what) for what in logins} == logins


def _on(privilege: str, table: Table, word: str, user: str) -> Composed:
    verb = SQL("GRANT {} ON {} TO {}") if word == "TO" else SQL("REVOKE {} ON {} FROM {}")
    return verb.format(SQL(privilege), Identifier(table.schema, table.name), Identifier(user))


@contextmanager
def _by_hand(stage: Stage, app: Seeded, chance: Random, *, held: bool) -> Iterator[set[str]]:
    """A right that a user has, taken; or one that it lacks, given."""
    found = [*_rights(app, held=held)]
    if not found:
        yield set()
        return
    user, table, privilege = chance.choice(found)
    change, undo = ("FROM", "TO") if held else ("TO", "FROM")
    stage.execute(_on(privilege, table, change, user), table.database)
    yield {line(user, privilege, table)}
    stage.execute(_on(privilege, table, undo, user), table.database)


def _rights(app: Seeded, *, held: bool) -> Iterator[tuple[str, Table, str]]:
    """Those that a user holds by itself alone, or doesn't hold."""
    said = dict(lines_of(app))
    groups = {user["username"]: user.get("groups") for user in app.app.spec["users"]}
    through = {one["name"] for one in app.app.spec["databases"] if "grants" in one}
    for user, table in sorted(app.held):
        for privilege in _BY_HAND:
            known = said.get(line(user, privilege, table))
            if known is held and app.enters(user, table) and not (held and (groups[user] or table.database in through)):
                yield user, table, privilege


@contextmanager
def _without_login(stage: Stage, app: Seeded) -> Iterator[set[str]]:
    name, (user, _) = next(iter(app.functions.items()))
    stage.execute(SQL("ALTER ROLE {} NOLOGIN").format(Identifier(user)))
    stage.end_sessions()
    databases = {table.database for table in app.tables}
    yield {_login(app, name, user), f"{name}: reads", *(f"{user} in database {database}" for database in databases)}
    stage.execute(SQL("ALTER ROLE {} LOGIN").format(Identifier(user)))


@contextmanager
def _as_another_user(stage: Stage, app: Seeded) -> Iterator[set[str]]:
    """The function's setting says a user that its role has no right for."""
    name, (user, _) = next(iter(app.functions.items()))
    (client,) = [each for each in stage.deployed.clients if each.name == name]
    _set_user(stage, client.function.name, "makes all")
    yield {_login(app, name, "makes all"), f"{name} as {user}", f"{name}: reads"}
    _set_user(stage, client.function.name, user)


def _set_user(stage: Stage, function: str, user: str) -> None:
    client = stage.cloud.client("lambda")
    variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=function, Environment={"Variables": {**variables, "PGUSER": user}}
    )
    vars(stage.deployed).pop("clients", None)  # read anew
    stage.end_sessions()


def _login(app: Seeded, name: str, user: str) -> str:
    kind = "cluster" if app.variant.database == "aurora" else "instance"
    way = f"straight into the {kind}" if app.variant.pattern == "C" else "through the proxy"
    return f"{name} logs in as {user}, {way}"
