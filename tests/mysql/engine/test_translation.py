"""What MySQL has no word for is refused, all of it at once, each with its place and with what to write instead."""

from pathlib import Path
from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.mysql.names import marker, profile
from db_access.mysql.reconcile import converge
from db_access.mysql.state import Level, On
from db_access.mysql.translation import refusals
from db_access.mysql.translation.wants import Key, Wants, groups_of, of_group, of_user
from db_access.spec import AccessSpec
from tests.mysql.engine.specs import grant, spec, user

ROOT = Path(__file__).parents[3]
DATA = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


def test_the_spec_of_a_new_app_needs_no_other_words() -> None:
    assert list(refusals(AccessSpec.load(ROOT / "tests/app/config/access.yaml"))) == []


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "truncate",
        user("u", grant("foo", tables=["TRUNCATE"])),
        "users[0].grants[0].tables (u): on MySQL TRUNCATE is DROP",
    ),
    (
        "maintain",
        user("u", grant("foo", tables=["MAINTAIN"])),
        "users[0].grants[0].tables (u): MySQL has no MAINTAIN",
    ),
    ("sequences", user("u", grant("foo", sequences=["USAGE"])), "AUTO_INCREMENT"),
    ("types", user("u", grant("foo", types=["USAGE"])), "no types of its own"),
    ("usage", user("u", grant("foo", tables=["SELECT"], schema_privileges=[])), "has no USAGE that could be missing"),
    (
        "create in a database",
        user("u", grant("foo", access="read_only", database_privileges=["CREATE"])),
        "no CREATE on a database",
    ),
    ("temporary", user("u", privileges=["CONNECT", "TEMPORARY"]), "users[0].privileges (u): MySQL has no TEMPORARY"),
    ("connect", user("u", privileges=[]), "CONNECT can't be left out"),
    ("settings", user("u", settings={"search_path": ["foo"]}), "accounts have no settings"),
    ("valid_until", user("u", auth_method="password", valid_until="2031-01-01T00:00:00Z"), "don't end on a date"),
    ("limit 0", user("u", connection_limit=0), "0 is no limit to MySQL"),
    ("may_have", user("u", may_have=[{"group": "readers", "at_most": "1h"}]), "nothing is given for a while"),
    (
        "inherit",
        user("u", groups=[{"name": "readers", "inherit": False}]),
        "users[0].groups[0] (u, readers): on MySQL whoever",
    ),
    ("admin", user("u", groups=[{"name": "readers", "admin": True}]), "can't give it to others"),
    ("predefined", user("u", groups=["pg_monitor"]), "a role of PostgreSQL"),
    ("routines by name", user("u", grant("foo", functions=["EXECUTE"], only=["foo.p()"])), "no argument types"),
    ("non-BMP", user("u\N{GRINNING FACE}", auth_method="none"), "beyond U+FFFF"),
    ("blank at the end", user("u "), "ends in a blank"),
    ("blank at the beginning", user(" u"), "begins with a blank"),
    ("reserved", user("mysql.sys"), "the server's own"),
    ("root", user("root"), "the server's own"),
    ("ours", user("keyless~1"), "are the engine's own"),
]
READERS = {"name": "readers", "grants": [grant("bar", access="read_only")]}


@pytest.mark.parametrize(("given", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_is_refused_with_what_to_write_instead(given: dict[str, Any], said: str) -> None:
    problems = list(refusals(spec(given, groups=[READERS])))
    assert len(problems) == 1, problems
    assert said in problems[0] and "allowed: " in problems[0]


def test_everything_is_refused_at_once_before_anybody_connects() -> None:
    wanted = spec(user("a", settings={"x": "1"}), user("b", grant("foo", types=["USAGE"]), connection_limit=0))
    with pytest.raises(SpecError) as caught:
        converge(lambda: pytest.fail("it connected"), wanted)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("name", ["mysql", "Sys", "performance_schema"])
def test_a_schema_of_the_servers_own_is_refused(name: str) -> None:
    assert "the server's own" in next(refusals(spec(schemas=(name,))))


def test_two_databases_with_one_schema_are_refused() -> None:
    schemas = [{"name": "foo", "owner": "o"}]
    wanted = AccessSpec.parse(
        {"version": 1, "databases": [{"name": "app", "schemas": schemas}, {"name": "other", "schemas": schemas}]}
    )
    assert "is in database 'app' already" in next(refusals(wanted))


@pytest.mark.parametrize(
    ("given", "rights"),
    [
        (
            grant("foo", access="read_write", schema_privileges=["USAGE", "CREATE"]),
            {On(Level.SCHEMA, "foo"): DATA | {"CREATE"}},
        ),
        (grant("foo", tables=["REFERENCES", "TRIGGER"]), {On(Level.SCHEMA, "foo"): {"REFERENCES", "TRIGGER"}}),
        (grant("foo", functions=["EXECUTE"]), {On(Level.SCHEMA, "foo"): {"EXECUTE"}}),
        (
            grant("foo", tables=["SELECT"], only=["foo.a", "foo.b.c"]),
            {On(Level.TABLE, "foo", "a"): {"SELECT"}, On(Level.TABLE, "foo", "b.c"): {"SELECT"}},
        ),
    ],
    ids=["create", "lists", "functions", "only"],
)
def test_lists_are_the_privileges_of_the_same_words(given: dict[str, Any], rights: dict[On, set[str]]) -> None:
    wanted = spec(user("u", given))
    assert of_user(wanted, wanted.users[0]).rights == rights


def test_keys_are_of_the_schema_or_of_the_tables_that_are_named() -> None:
    wanted = spec(
        user(
            "u",
            grant("foo", access="write_only", key_columns=["id"]),
            grant("bar", access="append_only", only=["bar.a"], key_columns=["n"]),
        )
    )
    assert of_user(wanted, wanted.users[0]).keys == {Key("foo", None, "id"), Key("bar", "a", "n")}


def test_a_user_has_what_its_groups_have_by_any_chain() -> None:
    chain = [{"name": "outer", "grants": [grant("foo", access="append_only")]}, {**READERS, "groups": ["outer"]}]
    wanted = spec(user("u", groups=["readers"]), groups=chain)
    found = of_user(wanted, wanted.users[0])
    assert found == of_group(wanted, "readers")
    assert found.rights == {On(Level.SCHEMA, "bar"): {"SELECT"}, On(Level.SCHEMA, "foo"): {"INSERT"}}
    assert groups_of(wanted, wanted.users[0]) == {"readers", "outer"}


def test_who_acts_as_an_owner_has_what_the_owner_has_elsewhere() -> None:
    wanted = AccessSpec.parse(
        {
            "version": 1,
            "databases": [
                {"name": "app", "schemas": [{"name": "foo", "owner": "maker"}, {"name": "audit", "owner": "auditor"}]}
            ],
            "owners": [{"name": "maker", "grants": [grant("audit", tables=["INSERT"])]}],
            "users": [user("migrator", grant("foo", access="owner"))],
        }
    )
    found = of_user(wanted, wanted.users[0]).rights
    assert found[On(Level.SCHEMA, "audit")] == {"INSERT"}
    assert "DROP" not in found[On(Level.SCHEMA, "foo")]


def test_equal_rights_have_one_name_whatever_their_order() -> None:
    one = spec(user("a", grant("foo", "bar", access="read_only")))
    two = spec(user("b", grant("bar", access="read_only"), grant("foo", access="read_only")))
    assert of_user(one, one.users[0]) == of_user(two, two.users[0])


def test_no_rights_need_no_role() -> None:
    wanted = spec(user("drift_watch"))
    assert of_user(wanted, wanted.users[0]) == Wants()


@pytest.mark.parametrize("manager", ["keyless-aurora", "KeylessAurora-dev-access", "a" * 63])
def test_the_engines_own_names_fit(manager: str) -> None:
    assert len(marker(manager)) <= 32 and len(profile(manager, [])) <= 32


def test_long_managers_have_markers_of_their_own() -> None:
    assert marker("a" * 63) != marker("a" * 62) and marker("a" * 24) != marker("a" * 25)
