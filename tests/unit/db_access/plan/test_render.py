"""A plan's four renderings say the same, completely, whatever the names in it and however long it is."""

import json
import re
from collections.abc import Mapping
from typing import get_args

import pytest

from db_access.plan import render
from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    ClearPassword,
    Configure,
    CreateDatabase,
    CreateRole,
    CreateSchema,
    DescribeRole,
    DropRole,
    EndLogin,
    Grant,
    GrantDefault,
    GrantRole,
    LendRole,
    OwnObject,
    OwnSchema,
    Plan,
    ReturnRole,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
    Target,
)
from db_access.plan.privileges import PUBLIC, DefaultKey, Kind, Privilege
from db_access.plan.render.lines import line, told
from db_access.plan.render.words import Action
from db_access.plan.report import Report, Reports, Summary
from db_access.plan.roles import Role
from db_access.postgresql import ddl
from db_access.postgresql.ddl import statement
from db_access.postgresql.state import Routine

INSERT, SELECT = (Privilege.INSERT,), (Privilege.SELECT,)


def examples(name: str, reason: str) -> Plan:
    """A change of every kind, all about `name`."""
    role = Role(name, login=True, connection_limit=5, managed_by="m")
    table = Target(Kind.TABLE, name, (name, "t"))
    return (
        CreateRole(role, reason=reason),
        AlterRole(role, ("CREATEDB",), reason=reason),
        DescribeRole(role, reason=reason),
        CreateDatabase(name, reason=reason),
        SetPassword(name, name, reason=reason),
        ClearPassword(name, reason=reason),
        EndLogin(name, forget_password=True, reason=reason),
        DropRole(name, reason=reason),
        ActAs(name, name, name, reason=reason),
        Configure(name, "search_path", (name, "b"), reason=reason),
        GrantRole(name, name, reason=reason),
        LendRole(name, name, reason=reason),
        ReturnRole(name, name, reason=reason),
        RevokeRole(name, name, admin_only=True, reason=reason),
        CreateSchema(name, name, reason=reason),
        OwnSchema(name, name, reason=reason),
        OwnObject(Kind.TABLE, name, name, name, reason=reason),
        Grant(table, INSERT, (name, PUBLIC), reason=reason),
        Revoke(Target(Kind.TABLE, name, (name,), (name,)), SELECT, (name,), reason=reason),
        GrantDefault(DefaultKey(name, name, Kind.TABLE), INSERT, (name,), reason=reason),
        RevokeDefault(DefaultKey(name, None, Kind.FUNCTION), (Privilege.EXECUTE,), (PUBLIC,), reason=reason),
    )


PLAIN = examples("x", "because")
HOSTILE = "a\nDROP TABLE t; -- \r\u2028```</details>|\"'\\"
NASTY = examples(HOSTILE, f"because of {HOSTILE}")


def reports(plans: Mapping[str, Plan]) -> Reports:
    return {database: Report(plan=plan) for database, plan in plans.items()}


def grants(count: int) -> Plan:
    return tuple(
        Grant(Target(Kind.TABLE, "foo", (f"t{n}",)), INSERT, ("writer",), reason="the spec gives it")
        for n in range(count)
    )


def test_the_examples_are_of_every_kind_of_change() -> None:
    assert {type(change) for change in PLAIN} == set(get_args(Change))


@pytest.mark.parametrize("change", PLAIN, ids=lambda change: type(change).__name__)
def test_every_kind_of_change_has_words_of_its_own(change: Change) -> None:
    assert line(change).what and statement(change).as_string(None)


def test_text_is_what_a_person_reads() -> None:
    assert (
        render.as_text(reports({"app": PLAIN, "second": ()}))
        == """\
database app: 18 changes (6 to add, 6 to change, 6 to take away)
  roles
    + role x (login, at most 5 sessions)  -- because
    ~ role x (login, at most 5 sessions, no CREATEDB)  -- because
    ~ password of role x, from version x of its secret  -- because
    - password of role x  -- because
    - login and password of role x, whose sessions end  -- because
    - role x  -- because
  databases
    + database x  -- because
  sessions
    ~ sessions of x in database x start as x  -- because
    ~ search_path of sessions of x: "x", "b"  -- because
  memberships
    + x in x  -- because
    - x in x (the admin option only)  -- because
  schemas
    + schema x, owned by x  -- because
    ~ schema x, owned by x  -- because
  owners
    ~ table x.x, owned by x  -- because
  privileges
    + INSERT on tables x.x, x.t to x, PUBLIC  -- because
    - SELECT on column x of table x.x from x  -- because
  default privileges
    + INSERT on future tables of x in schema x to x  -- because
    - EXECUTE on future functions of x from PUBLIC  -- because

database second: nothing to do
"""
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (GrantRole("a", "b", inherit=False, reason=""), "b in a (does not inherit)"),
        (RevokeRole("a", "b", reason=""), "b in a"),
        (ActAs("a", "app", None, reason=""), "sessions of a in database app start as the user"),
        (Configure("a", "jit", None, reason=""), "jit of sessions of a: as the server has it"),
        (Configure("a", "jit", None, "app", reason=""), "jit of sessions of a in database app: as elsewhere"),
        (CreateRole(Role("a", inherit=False), reason=""), "role a (no login, no inherit)"),
        (
            Grant(Target(Kind.DATABASE, None, ("app",)), (Privilege.CONNECT,), ("a",), reason=""),
            "CONNECT on database app to a",
        ),
        (
            Grant(Target(Kind.SCHEMA, "foo", ("foo",)), (Privilege.USAGE,), ("a",), reason=""),
            "USAGE on schema foo to a",
        ),
        (
            Revoke(
                Target(Kind.FUNCTION, "foo", (Routine.of("f(integer)", "f", [("pg_catalog", "int4")]),)),
                (Privilege.EXECUTE,),
                ("a",),
                reason="",
            ),
            "EXECUTE on function foo.f(integer) from a",
        ),
        (
            Revoke(Target(Kind.TABLE, "foo", ("t",)), INSERT, ("a",), option_only=True, reason=""),
            "the grant option of INSERT on table foo.t from a",
        ),
        (
            RevokeDefault(DefaultKey("o", "foo", Kind.TABLE), INSERT, ("a",), option_only=True, reason=""),
            "the grant option of INSERT on future tables of o in schema foo from a",
        ),
        (
            Grant(Target(Kind.SEQUENCE, "foo", ("s",)), (Privilege.USAGE,), ("PUBLIC", PUBLIC), reason=""),
            'USAGE on sequence foo.s to "PUBLIC", PUBLIC',
        ),
    ],
)
def test_words_for_the_forms_that_a_kind_of_change_has(change: Change, words: str) -> None:
    assert line(change).what == words


@pytest.mark.parametrize("plan", [PLAIN, NASTY], ids=["plain", "hostile"])
def test_every_change_is_one_line_of_text_with_its_reason(plan: Plan) -> None:
    lines = render.as_text(reports({"app": plan})).splitlines()
    changes = [text for text in lines if text.startswith("    ")]
    assert len(changes) == len(told(plan)) == len(plan) - 3
    assert all("  -- because" in text for text in changes)
    assert len(lines) == len(changes) + 1 + 8  # a headline and the groups


def test_json_holds_every_statement_in_the_order_of_the_plan() -> None:
    parsed = json.loads(render.as_json(reports({"app": NASTY, "second": ()}), ddl.text))
    assert [entry["database"] for entry in parsed["databases"]] == ["app", "second"]
    changes = parsed["databases"][0]["changes"]
    assert [change["statement"] for change in changes] == [ddl.text(change) for change in NASTY]
    assert [change["reason"] for change in changes] == [change.reason for change in NASTY]
    assert {change["kind"] for change in changes} >= {"create_role", "act_as", "grant", "revoke_default"}
    assert {change["action"] for change in changes} == {"add", "change", "take away"}


def test_sql_holds_every_statement_below_its_reason_in_one_transaction() -> None:
    lines = ddl.script(reports({"app": PLAIN})).splitlines()
    begin, commit = lines.index("BEGIN READ WRITE;"), lines.index("COMMIT;")
    within = [change for change in PLAIN if not isinstance(change, CreateDatabase)]
    expected = [text for change in within for text in ("-- because", f"{statement(change).as_string(None)};")]
    assert lines[begin + 1 : commit] == expected
    assert set(PLAIN) - set(within) and f"{statement(CreateDatabase('x', reason='')).as_string(None)};" in lines[:begin]


def test_no_reason_and_no_database_ends_its_comment_in_sql() -> None:
    script = ddl.script(reports({HOSTILE: NASTY}))
    for change in NASTY:
        script = script.replace(f"{ddl.text(change)};\n", "")
    assert not re.search(
        "^(?!--|BEGIN READ WRITE;$|COMMIT;$|SET [a-z_]+ = [^;]*;$|\\\\connect |$)", script, re.MULTILINE
    )


def test_sql_for_several_databases_connects_to_each() -> None:
    plan = grants(1)
    script = ddl.script(reports({"app": plan, 'a "b" it\'s %\\': plan, "third": ()}))
    connects = [text for text in script.splitlines() if text.startswith("\\connect")]
    assert connects[0] == """\\connect -reuse-previous=on '"dbname=app"'"""
    assert connects[1] == r"""\connect -reuse-previous=on '"dbname=''a ""b"" it\\''s %\\\\''"'"""
    assert len(connects) == 2


def test_a_new_role_is_one_line_and_one_change_and_a_comment_on_one_that_is_there_is_another() -> None:
    new, there = Role("new", login=True), Role("there", login=True)
    plan: Plan = (CreateRole(new, reason="a"), DescribeRole(new, reason="b"), DescribeRole(there, reason="c"))
    text = render.as_text({"app": Report(plan=plan)})
    assert text.splitlines()[0] == "database app: 2 changes (1 to add, 1 to change, 0 to take away)"
    assert "comment on role new" not in text and "comment on role there" in text
    assert len(render.changes(plan, ddl.text)) == len(plan)


def test_markdown_counts_every_change_once() -> None:
    rows = re.findall(
        r"^\| [a-z ]+ \| (\d+) \| (\d+) \| (\d+) \|$", render.as_markdown(reports({"app": NASTY})), re.MULTILINE
    )
    assert sum(int(count) for row in rows for count in row) == len(told(NASTY))
    assert [sum(int(row[n]) for row in rows) for n in range(3)] == [
        sum(line(change).action is action for change in told(NASTY)) for action in Action
    ]


@pytest.mark.parametrize(("count", "folded"), [(20, False), (21, True)])
def test_markdown_is_folded_when_long(count: int, folded: bool) -> None:
    assert ("<details>" in render.as_markdown(reports({"app": grants(count)}))) is folded


def test_no_name_ends_the_quotation_in_markdown() -> None:
    lines = render.as_markdown(reports({HOSTILE: NASTY})).splitlines()
    fences = [index for index, text in enumerate(lines) if text.startswith("```")]
    assert [lines[index] for index in fences] == ["````diff", "````"]
    inside = lines[fences[0] + 1 : fences[1]]
    assert len([text for text in inside if text[:2] in ("+ ", "- ", "! ")]) == len(told(NASTY))
    assert all(text[:2] in ("+ ", "- ", "! ", "@@") for text in inside)


@pytest.mark.parametrize("databases", [1, 3])
def test_markdown_fits_a_pull_request_comment_and_says_what_it_leaves_out(databases: int) -> None:
    text = render.as_markdown(reports({f"d{n}": grants(5000) for n in range(databases)}))
    assert len(text) < 65_536
    left_out = sum(int(n.replace(",", "")) for n in re.findall(r"^  and ([\d,]+) more$", text, re.MULTILINE))
    assert left_out + text.count("\n+ ") == databases * 5000


def test_long_lists_are_short_in_a_line_and_whole_in_the_statement() -> None:
    plan: Plan = (
        Grant(
            Target(Kind.TABLE, "foo", tuple(f"t{n}" for n in range(100))),
            INSERT,
            tuple(f"u{n}" for n in range(50)),
            reason="r",
        ),
    )
    assert "+ INSERT on tables foo.t0, foo.t1, foo.t2 and 97 more to u0, u1, u2 and 47 more  -- r" in render.as_text(
        reports({"app": plan})
    )
    assert '"foo"."t99" TO "u0"' in ddl.script(reports({"app": plan}))


NOTED = {
    "app": Report(plan=PLAIN, pending=("foo.later is missing",), warnings=(f"role {HOSTILE} is a stranger",)),
    "second": Report(plan=(), pending=("p",)),
}


def test_every_format_says_what_is_pending_and_what_to_know() -> None:
    text, script, comment = render.as_text(NOTED), ddl.script(NOTED), render.as_markdown(NOTED)
    assert "\n  pending\n    ? foo.later is missing\n  warnings\n    ! role a DROP TABLE t; -- " in text
    assert text.endswith("database second: nothing to do\n  pending\n    ? p\n")
    assert "\n-- pending: foo.later is missing\n-- warning: role a DROP TABLE t; -- " in script
    assert script.endswith("-- database second: nothing to do\n-- pending: p\n")
    assert "\n- pending: ` foo.later is missing `\n- warning: ```` role a DROP TABLE t; -- " in comment
    assert comment.endswith("#### Database ` second `: nothing to do\n\n- pending: ` p `\n")
    for entry, report in zip(json.loads(render.as_json(NOTED, ddl.text))["databases"], NOTED.values(), strict=True):
        assert (entry["pending"], entry["warnings"]) == (list(report.pending), list(report.warnings))


def test_what_nobody_need_know_has_no_heading() -> None:
    assert not re.search(
        "pending|warning",
        "".join(show(reports({"app": PLAIN})) for show in (render.as_text, ddl.script, render.as_markdown)),
    )


def test_a_comment_with_thousands_of_notes_says_how_many_it_leaves_out() -> None:
    notes = tuple(f"foo.t{n} is missing" for n in range(5000))
    comment = render.as_markdown({"app": Report(plan=grants(5000), pending=notes, warnings=notes)})
    assert len(comment) < 65_536
    left_out = [
        int(count.replace(",", ""))
        for count in re.findall(r"^- (?:pending|warning): and ([\d,]+) more$", comment, re.MULTILINE)
    ]
    assert len(left_out) == 2 and sum(left_out) + comment.count("is missing") == 10_000


@pytest.mark.parametrize("show", [render.as_text, ddl.script, render.as_markdown])
def test_an_empty_plan_says_so(show: object) -> None:
    assert callable(show)
    assert "nothing to do" in show(reports({"app": ()}))


@pytest.mark.parametrize("show", [render.as_text, ddl.script, render.as_markdown])
def test_what_a_run_lends_itself_is_no_change_of_its_own(show: object) -> None:
    assert callable(show)
    loans: Plan = (LendRole("maker", "master", reason=""), ReturnRole("maker", "master", reason=""))
    shown = show(reports({"app": (*loans, *grants(1))}))
    assert "1 change (1 to add, 0 to change, 0 to take away)" in shown
    assert "nothing to do" in show(reports({"app": loans})) and not re.search("^. master in", shown, re.MULTILINE)
    assert Summary(database="app", digest="", plan=(*loans, *grants(1))).changes == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("f()", "orders.f()"),
        ("total(integer, character varying[], bar.kind)", "orders.total(integer, character varying[], bar.kind)"),
        ("F(integer)", 'orders."F(integer)"'),
        ("f()()", 'orders."f()()"'),
        ("f(integer) to root(text)", 'orders."f(integer) to root(text)"'),
        ('f("My Type")', 'orders."f(\\"My Type\\")"'),
    ],
)
def test_a_function_is_named_as_the_spec_names_it_unless_that_could_mislead(name: str, shown: str) -> None:
    routine = Routine.of(name, name.partition("(")[0], [])
    granted = Grant(Target(Kind.FUNCTION, "orders", (routine,)), (Privilege.EXECUTE,), ("a",), reason="because")
    owned = OwnObject(Kind.FUNCTION, "orders", routine, "owner", reason="because")
    assert line(granted).what == f"EXECUTE on function {shown} to a"
    assert line(owned).what == f"function {shown}, owned by owner"


def test_a_table_whose_name_looks_like_a_functions_is_quoted() -> None:
    granted = Grant(Target(Kind.TABLE, "orders", ("f()",)), SELECT, ("a",), reason="because")
    assert line(granted).what == 'SELECT on table orders."f()" to a'
