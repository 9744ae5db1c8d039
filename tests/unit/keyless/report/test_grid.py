"""Who shares a row, what stands in a cell, and which routes lead to it."""

from collections.abc import Sequence

from keyless.effective.routes import Route, Way
from keyless.effective.summary import Count
from keyless.effective.survey import Place, Survey
from keyless.effective.things import Thing
from keyless.report.grid import Grid, grid

FOO, BAR = Place("table", "foo", ""), Place("table", "bar", "")
DATABASE, SCHEMA = Place("database", "", "app"), Place("schema", "", "foo")


def route(way: Way = Way.DIRECT, sentence: str = "a grant to the user") -> Route:
    return Route(way, "of its own", (), of_anybody=sentence)


def count(role: str, privilege: str, things: int, *routes: Route, schema: str = "foo", oid: int = 1) -> Count:
    return Count(role, privilege, Thing("table", oid, schema, "t", 0, ()), things, routes or (route(),))


def found(*held: Count, through: Sequence[Count] = (), logins: Sequence[str] = ("ana", "ben")) -> Grid:
    things = {FOO: 5, SCHEMA: 1, BAR: 2, DATABASE: 1}
    return grid(Survey("app", "17", logins, frozenset(), things, held, through))


def test_those_who_can_do_the_same_by_the_same_routes_share_a_row() -> None:
    same = found(count("ana", "SELECT", 5), count("ben", "SELECT", 5))
    assert [row.users for row in same.rows] == [("ana", "ben")]
    assert [users for _, users in same.lines] == [["ana", "ben"]]
    for other in (count("ben", "SELECT", 4), count("ben", "INSERT", 5), count("ben", "SELECT", 5, route(Way.GROUP))):
        assert [row.users for row in found(count("ana", "SELECT", 5), other).rows] == [("ana",), ("ben",)]


def test_the_same_routes_to_other_things_are_told_apart() -> None:
    """Five tables, three by a grant and two by a group, are not three tables by both."""
    one = [count("ana", "SELECT", 3), count("ana", "SELECT", 2, route(Way.GROUP), oid=2)]
    both = [count("ben", "SELECT", 3, route()), count("ben", "SELECT", 2, route(), route(Way.GROUP), oid=2)]
    rows = found(*one, *both).rows
    assert [row.users for row in rows] == [("ana",), ("ben",)]
    assert [row.cells[FOO].counts for row in rows] == [{"SELECT": 5}, {"SELECT": 5}]


def test_who_can_do_nothing_has_a_row() -> None:
    rows = found(count("ana", "SELECT", 5)).rows
    assert [(row.users, dict(row.cells)) for row in rows[1:]] == [(("ben",), {})]


def test_what_leads_around_a_right_is_not_counted_as_one() -> None:
    around = count("ana", "DELETE", 1, route(Way.DEFINER, "through a view"))
    cell = found(count("ana", "SELECT", 5), through=[around]).rows[0].cells[FOO]
    assert (cell.counts, cell.around, len(cell.lines)) == ({"SELECT": 5}, {"DELETE"}, 2)


def test_the_database_comes_first_and_then_each_schema_with_what_is_in_it() -> None:
    assert found().places == [DATABASE, BAR, SCHEMA, FOO]


def test_a_cell_refers_to_its_own_routes() -> None:
    made = found(count("ana", "SELECT", 5), count("ana", "SELECT", 2, schema="bar"))
    for place, cell in made.rows[0].cells.items():
        assert [made.lines[number][0].place for number in cell.lines] == [place]
