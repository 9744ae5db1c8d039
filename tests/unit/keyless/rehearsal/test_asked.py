"""What PostgreSQL answers about rights, beside what the spec gives."""

from dataclasses import replace

from psycopg.sql import SQL

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.asked import Asked
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.measured import DONE, REFUSED, Answer, Tried
from keyless.rehearsal.lines.rights.probes import Probe
from keyless_probe.rights.held import Held
from keyless_probe.rights.things import Kind, Thing

SPEC = AccessSpec.parse(
    {
        "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
        "users": [
            {
                "username": "u",
                "grants": [{"database": "app", "schemas": ["foo"], "access": "append_only", "key_columns": ["id"]}],
            }
        ],
    }
)
FOO = Held(Thing(Kind.SCHEMA, "foo", "foo", "app_owner"), frozenset({"USAGE"}))
EVENT = Thing(Kind.TABLE, "foo", "event", "app_owner", "r")
GIVEN = Held(EVENT, frozenset({"INSERT"}), {"id": frozenset({"SELECT", "INSERT"})})


def asked(*held: Held, role: str = "u") -> Asked:
    return Asked(Meaning(SPEC, "app"), role, held, frozenset({"id"}), 170_000)


def wrong(found: Asked) -> set[str]:
    return {one.probe.shown for one in found.tried() if one.can is not one.given}


def test_what_the_spec_gives_is_right() -> None:
    found = asked(FOO, GIVEN)
    assert wrong(found) == set()
    assert {one.probe.shown for one in found.tried() if one.can} == {
        "USAGE on schema foo",
        "INSERT on table foo.event",
        "SELECT on column id of table foo.event",
    }


def test_each_right_on_a_column_beyond_it_is_wrong() -> None:
    columns = {**GIVEN.columns, "name": frozenset({"SELECT", "UPDATE", "INSERT", "SELECT WITH GRANT OPTION"})}
    assert wrong(asked(FOO, replace(GIVEN, columns=columns))) == {
        "SELECT on column name of table foo.event",
        "SELECT WITH GRANT OPTION on column name of table foo.event",
        "UPDATE on column name of table foo.event",
    }


def test_a_right_on_columns_is_none_on_the_table() -> None:
    columns = {"id": frozenset({"SELECT", "INSERT"})}
    assert wrong(asked(FOO, Held(EVENT, frozenset(), columns))) == {"INSERT on table foo.event"}


def test_the_right_to_pass_one_on_is_its_owner_s_alone() -> None:
    passed = replace(GIVEN, privileges=frozenset({"INSERT", "INSERT WITH GRANT OPTION"}))
    assert wrong(asked(FOO, passed)) == {"INSERT WITH GRANT OPTION on table foo.event"}
    owners = asked(FOO, replace(passed, thing=replace(EVENT, owner="app_owner")), role="app_owner")
    assert not [one for one in owners.tried() if "GRANT" in one.probe.shown]


def test_who_may_not_use_a_schema_can_do_nothing_in_it() -> None:
    shut = asked(replace(FOO, privileges=frozenset()), GIVEN)
    assert wrong(shut) == {
        "USAGE on schema foo",
        "INSERT on table foo.event",
        "SELECT on column id of table foo.event",
    }


def test_a_schema_that_is_not_there_is_wrong() -> None:
    (usage, create) = asked().tried()
    assert (usage.probe.shown, usage.can, create.can) == ("USAGE on schema foo", None, None)


def test_an_extension_s_thing_is_not_judged_unless_it_is_the_owner_s() -> None:
    extended = Held(replace(EVENT, owner="rdsadmin"), frozenset({"SELECT"}), extended=True)
    assert (wrong(asked(FOO, extended)), asked(FOO, extended).extensions) == (set(), 1)
    hidden = Held(EVENT, frozenset({"SELECT"}), extended=True)
    assert "SELECT on table foo.event" in wrong(asked(FOO, hidden))


def done(answer: Answer, privilege: str) -> Tried:
    return Tried(Probe(EVENT, "", frozenset({privilege}), SQL("SELECT").format()), False, answer)


def test_a_refusal_of_others_code_is_none_of_the_right() -> None:
    refused = Answer(REFUSED, "I say no")
    found = asked(FOO, GIVEN)
    assert found.checked(done(refused, "INSERT")).can is None
    assert found.checked(done(refused, "DELETE")).can is False
    assert found.checked(done(Answer(DONE, ""), "DELETE")).can is True


def test_what_was_found_out_by_doing_it_is_not_asked_again() -> None:
    found = [one.probe.shown for one in asked(FOO, GIVEN).tried([done(Answer(DONE, ""), "INSERT")])]
    assert "INSERT on table foo.event" not in found
    assert "DELETE on table foo.event" in found
