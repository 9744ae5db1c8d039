"""The oracle turns red: for each thing done by hand, for each part of the spec that is read otherwise, for a proof that says
too much or too little, and for a probe that can't answer."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg.sql import SQL

from db_access.spec import AccessSpec
from keyless.rehearsal.servers.postgres import Postgres
from tests.oracle import compare
from tests.oracle.asking.doing import Unanswered, attempted
from tests.oracle.asking.findings import Findings
from tests.oracle.asking.probes import Probe
from tests.oracle.asking.things import things
from tests.oracle.meaning import Meaning
from tests.oracle.proven import Proven
from tests.oracle.round import Round, in_database
from tests.oracle.world.world import Planned, World

Document = dict[str, Any]

_DOCUMENT: Document = {
    "databases": [
        {
            "name": "app",
            "public": "locked",
            "schemas": [{"name": "foo", "owner": "app_owner"}, {"name": "bar", "owner": "other_owner"}],
        }
    ],
    "groups": [
        {"name": "readers", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]},
        {"name": "callers", "grants": [{"database": "app", "schemas": ["foo"], "functions": ["EXECUTE"]}]},
    ],
    "users": [
        {
            "username": "writer",
            "grants": [{"database": "app", "schemas": ["foo"], "access": "write_only", "key_columns": ["id"]}],
        },
        {
            "username": "reader",
            "groups": [{"name": "readers"}, {"name": "callers", "admin": True}],
            "databases": ["app"],
        },
        {
            "username": "narrow",
            "settings": {"role": "callers"},
            "groups": [{"name": "callers"}],
            "grants": [
                {
                    "database": "app",
                    "schemas": ["foo", "bar"],
                    "tables": ["SELECT", "REFERENCES"],
                    "sequences": ["UPDATE"],
                    "only": ["foo.t", "bar.t", "foo.s"],
                    "schema_privileges": ["USAGE", "CREATE"],
                    "database_privileges": ["TEMPORARY"],
                }
            ],
        },
        {"username": "migrator", "grants": [{"database": "app", "schemas": ["foo"], "access": "owner"}]},
        {"username": "left", "enabled": False, "databases": ["app"]},
        {"username": "visitor", "auth_method": "password", "databases": ["app"]},
    ],
}
_PLANNED = tuple(
    Planned(schema, kind, name, ("id", "note"))
    for schema in ("foo", "bar")
    for kind, name in (("table", "t"), ("view", "v"), ("sequence", "s"), ("function", "f(integer)"), ("enum", "e"))
)


def _world(document: Document) -> World:
    makers = {"foo": ["app_owner"], "bar": ["other_owner"]}
    return World(7, "app", document, _PLANNED, makers, {}, "stranger", early=False)


@pytest.fixture(scope="module")
def settled(postgres: Postgres) -> Iterator[Round]:
    with in_database(postgres, _world(_DOCUMENT)) as here:
        here.settle()
        yield here


@pytest.fixture(scope="module")
def found(settled: Round) -> Findings:
    """What the settled world answers."""
    return settled.as_it_is()


BY_HAND = {
    ("GRANT DELETE ON foo.t TO reader", "REVOKE DELETE ON foo.t FROM reader"): {
        "'reader' itself can do what takes DELETE on table foo.t"
    },
    ("GRANT SELECT (note) ON foo.v TO writer", "REVOKE SELECT (note) ON foo.v FROM writer"): {
        "'writer' itself can do what takes SELECT on column note of table foo.v"
    },
    ("GRANT SELECT (ctid) ON foo.t TO writer", "REVOKE SELECT (ctid) ON foo.t FROM writer"): {
        "'writer' itself can do what takes SELECT on column ctid of table foo.t"
    },
    ("REVOKE SELECT (id) ON foo.t FROM writer", "GRANT SELECT (id) ON foo.t TO writer"): {
        "'writer' itself cannot do what takes SELECT on column id of table foo.t"
    },
    ("GRANT DELETE ON foo.v TO PUBLIC", "REVOKE DELETE ON foo.v FROM PUBLIC"): {
        "everybody can do what takes DELETE on table foo.v, which is locked",
        *(
            f"{name!r} itself can do what takes DELETE on table foo.v"
            for name in ("reader", "readers", "narrow", "callers")
        ),
        "'narrow' as its sessions start can do what takes DELETE on table foo.v",
    },
    ("GRANT TRIGGER ON foo.t TO readers", "REVOKE TRIGGER ON foo.t FROM readers"): {
        "'reader' itself can do what takes TRIGGER on table foo.t",
        "'readers' itself can do what takes TRIGGER on table foo.t",
    },
    ("GRANT UPDATE ON SEQUENCE foo.s TO reader", "REVOKE UPDATE ON SEQUENCE foo.s FROM reader"): {
        "'reader' itself can do what takes UPDATE on sequence foo.s",
        "'reader' itself can do what takes UPDATE or USAGE on sequence foo.s",
    },
    ("REVOKE CREATE ON SCHEMA bar FROM narrow", "GRANT CREATE ON SCHEMA bar TO narrow"): {
        "'narrow' itself cannot do what takes CREATE on schema bar"
    },
    ("GRANT TEMPORARY ON DATABASE app TO writer", "REVOKE TEMPORARY ON DATABASE app FROM writer"): {
        "'writer' itself can do what takes TEMPORARY on database app"
    },
    ("REVOKE CONNECT ON DATABASE app FROM writer", "GRANT CONNECT ON DATABASE app TO writer"): {
        "login of 'writer': User does not have CONNECT privilege, where the spec means: let in"
    },
    ('ALTER ROLE "left" LOGIN', 'ALTER ROLE "left" NOLOGIN'): {
        "login of 'left': let in, where the spec means: is not permitted to log in"
    },
    ("GRANT callers TO writer", "REVOKE callers FROM writer"): {
        "'writer' itself can do what takes EXECUTE on function foo.f(integer)",
        "'writer' itself can do what takes SET on role callers",
    },
    ("ALTER ROLE reader NOINHERIT", "ALTER ROLE reader INHERIT"): None,
    ("ALTER TABLE foo.t OWNER TO writer", ""): None,
    ("GRANT pg_read_all_data TO writer", "REVOKE pg_read_all_data FROM writer"): None,
    ("REVOKE INSERT ON foo.t FROM app_owner", "GRANT INSERT ON foo.t TO app_owner"): None,
    (
        "ALTER ROLE migrator IN DATABASE app RESET role",
        "ALTER ROLE migrator IN DATABASE app SET role = app_owner",
    ): {"sessions of 'migrator' start as 'migrator', where the spec means: 'app_owner'"},
}
"""What is done and undone (by a run, where nothing is said), and what the oracle says meanwhile: all of it, where it is little."""


@pytest.mark.parametrize(("statement", "undo"), BY_HAND)
def test_what_is_done_by_hand_is_told(settled: Round, statement: str, undo: str) -> None:
    with settled.database.superuser() as superuser:
        if statement == "ALTER ROLE reader NOINHERIT" and settled.meaning.version >= 160000:
            statement, undo = "GRANT readers TO reader WITH INHERIT FALSE GRANTED BY master", (
                "GRANT readers TO reader WITH INHERIT TRUE GRANTED BY master"
            )  # fmt: skip
        superuser.execute(statement.encode())
        told = set(compare.with_the_spec(settled.as_it_is(), settled.meaning))
        superuser.execute(undo.encode())
    if not undo:
        settled.converge()
    assert told
    assert BY_HAND.get((statement, undo)) in (None, told)


def _user(document: Document, name: str) -> Document:
    return next(user for user in document["users"] if user["username"] == name)


def _grant(document: Document, name: str) -> Document:
    grant: Document = _user(document, name)["grants"][0]
    return grant


READ_OTHERWISE: dict[str, Callable[[Document], object]] = {
    "another preset": lambda d: _grant(d, "writer").update(access="read_write"),
    "a preset without sequences": lambda d: _grant(d, "writer").update(
        access=None, tables=["INSERT", "UPDATE", "DELETE"], sequences=[]
    ),
    "no key columns": lambda d: _grant(d, "writer").pop("key_columns"),
    "another schema": lambda d: _grant(d, "writer").update(schemas=["bar"]),
    "everything instead of some": lambda d: _grant(d, "narrow").pop("only"),
    "one object fewer": lambda d: _grant(d, "narrow")["only"].remove("bar.t"),
    "one privilege fewer": lambda d: _grant(d, "narrow")["tables"].remove("REFERENCES"),
    "one privilege on sequences more": lambda d: _grant(d, "narrow")["sequences"].append("SELECT"),
    "no schema privileges": lambda d: _grant(d, "narrow").pop("schema_privileges"),
    "no database privileges": lambda d: _grant(d, "narrow").pop("database_privileges"),
    "a group fewer": lambda d: _user(d, "reader")["groups"].pop(0),
    "a group without its rights": lambda d: _user(d, "reader")["groups"][0].update(inherit=False),
    "a group that can't be acted as": lambda d: _user(d, "reader")["groups"][0].update(set=False),
    "a group that can't be given": lambda d: _user(d, "reader")["groups"][1].update(admin=False),
    "sessions that start as themselves": lambda d: _user(d, "narrow").pop("settings"),
    "an owner that is none": lambda d: _user(d, "migrator").pop("grants"),
    "a user that is enabled": lambda d: _user(d, "left").pop("enabled"),
    "a user without connections": lambda d: _user(d, "reader").update(connection_limit=0),
    "a user that may not connect": lambda d: _user(d, "visitor").update(databases=[]),
    "a user that may make schemas": lambda d: _user(d, "reader").update(privileges=["CONNECT", "CREATE"]),
    "another owner": lambda d: d["databases"][0]["schemas"][0].update(owner="other_owner"),
}  # fmt: skip


@pytest.mark.parametrize("what", READ_OTHERWISE)
def test_a_spec_that_is_read_otherwise_is_told(found: Findings, settled: Round, what: str) -> None:
    assert compare.with_the_spec(found, settled.meaning) == []
    assert compare.with_the_spec(found, _read_otherwise(settled, what))


def _read_otherwise(settled: Round, what: str) -> Meaning:
    otherwise = copy.deepcopy(_DOCUMENT)
    READ_OTHERWISE[what](otherwise)
    return Meaning(otherwise, "app", settled.meaning.version)


PROOF_OF_ANOTHER = [
    "a preset without sequences",
    "no key columns",
    "everything instead of some",
    "no schema privileges",
]


@pytest.mark.parametrize("what", PROOF_OF_ANOTHER)
def test_a_proof_that_says_too_much_or_too_little_is_told(settled: Round, what: str) -> None:
    """As the proof of another spec does."""
    found = Findings.with_open_doors(settled.database, settled.whom, ["foo", "bar"])
    another = AccessSpec.parse(_read_otherwise(settled, what).document)
    with settled.database.superuser() as superuser:
        right, wrong = (Proven.of(superuser, spec, settled.meaning, found.things) for spec in (settled.spec, another))
    assert [*right.amiss, *compare.with_rights(found, settled.meaning, right.rights)] == []
    assert [*wrong.amiss, *compare.with_rights(found, settled.meaning, wrong.rights)]


def test_a_probe_that_cannot_answer_is_no_answer(settled: Round) -> None:
    with settled.database.connect("writer") as connection, settled.database.superuser() as superuser:
        table = next(thing for thing in things(superuser, ["foo"]) if thing.name == "t")
        faulty = Probe(table, "", frozenset({"SELECT"}), SQL("SELECT * FROM foo.missing").format())
        connection.autocommit = False
        with pytest.raises(Unanswered, match=r"SELECT on table foo\.t: 42P01"):
            attempted(connection, [faulty])


def test_what_probes_do_is_undone(found: Findings, settled: Round) -> None:
    with settled.database.superuser() as superuser:
        for schema in ("oracle's own", "foo"):
            names = [thing.name for thing in things(superuser, [schema]) if "new" in thing.name]
            assert names == []
