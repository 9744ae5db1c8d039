"""Each route by which somebody can do something is named, and is what it says: tried out as that user, and gone once
what makes it is taken away."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from db_access.postgresql.session import OPTIONS
from keyless.effective import questions
from keyless.effective.asking import Finding
from keyless.effective.named import Named
from keyless.effective.routes import Way
from keyless.effective.shown import as_json, as_markdown, as_text
from keyless.effective.things import QuestionError
from tests.conftest import MASTER, Database

HOSTILE = "e\"v'il\n\x1b[31m##[error]|`"
_MADE = """
CREATE ROLE shop_owner; CREATE ROLE grp; CREATE ROLE inner_grp; CREATE ROLE nobody LOGIN; CREATE ROLE alice LOGIN;
CREATE SCHEMA foo AUTHORIZATION shop_owner; GRANT USAGE ON SCHEMA foo TO PUBLIC;
SET ROLE shop_owner;
CREATE TABLE foo.event (id int, body text) PARTITION BY LIST (id);
CREATE TABLE foo.event_1 PARTITION OF foo.event FOR VALUES IN (1);
CREATE TABLE foo.base (id int, body text);
CREATE TABLE foo.customer (id int PRIMARY KEY);
CREATE TABLE foo.bill (customer int REFERENCES foo.customer ON DELETE CASCADE ON UPDATE CASCADE, body text);
INSERT INTO foo.customer VALUES (1); INSERT INTO foo.bill VALUES (1);
CREATE VIEW foo.below AS SELECT * FROM foo.base;
CREATE VIEW foo.above AS SELECT * FROM foo.below;
CREATE VIEW foo.some AS SELECT * FROM foo.base WHERE id IN (SELECT id FROM foo.event);
CREATE VIEW foo.asker WITH (security_invoker = true) AS SELECT * FROM foo.base;
CREATE FUNCTION foo.wipe() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM foo.base';
REVOKE EXECUTE ON FUNCTION foo.wipe() FROM PUBLIC;
RESET ROLE;
CREATE ROLE reader; GRANT SELECT (id) ON foo.base TO reader; CREATE VIEW foo.ids AS SELECT id FROM foo.base;
ALTER VIEW foo.ids OWNER TO reader;
CREATE ROLE deleter; GRANT DELETE ON foo.below TO deleter;
CREATE FUNCTION foo.by_view() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM foo.below';
ALTER FUNCTION foo.by_view() OWNER TO deleter; REVOKE EXECUTE ON FUNCTION foo.by_view() FROM PUBLIC;
CREATE ROLE caller; GRANT EXECUTE ON FUNCTION foo.wipe() TO caller;
CREATE FUNCTION foo.by_code() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT foo.wipe()';
ALTER FUNCTION foo.by_code() OWNER TO caller; REVOKE EXECUTE ON FUNCTION foo.by_code() FROM PUBLIC;
"""


@dataclass(frozen=True)
class Case:
    """What is made, who can then do what, by what; and what takes it away."""

    made: str
    asked: str
    way: Way
    says: str
    does: str
    gone: str
    before: str = ""
    """What the user says first."""


CASES = {
    "direct": Case(
        "GRANT DELETE ON foo.base TO alice", "DELETE app.foo.base", Way.DIRECT, "a grant to the user",
        "DELETE FROM foo.base", "REVOKE DELETE ON foo.base FROM alice",
    ),
    "group chain": Case(
        "GRANT DELETE ON foo.base TO inner_grp; GRANT inner_grp TO grp; GRANT grp TO alice", "DELETE app.foo.base",
        Way.GROUP, "a grant to inner_grp, by memberships alice -> grp -> inner_grp", "DELETE FROM foo.base",
        "REVOKE grp FROM alice",
    ),
    "PUBLIC": Case(
        "GRANT DELETE ON foo.base TO PUBLIC", "DELETE app.foo.base", Way.PUBLIC, "a grant to PUBLIC",
        "DELETE FROM foo.base", "REVOKE DELETE ON foo.base FROM PUBLIC",
    ),
    "ownership": Case(
        "ALTER TABLE foo.base OWNER TO alice", "DELETE app.foo.base", Way.OWNERSHIP, "alice owns it",
        "DELETE FROM foo.base", "ALTER TABLE foo.base OWNER TO shop_owner",
    ),
    "a member of the owner": Case(
        "GRANT shop_owner TO alice", "DELETE app.foo.base", Way.OWNERSHIP,
        "shop_owner owns it, by memberships alice -> shop_owner", "DELETE FROM foo.base", "REVOKE shop_owner FROM alice",
    ),
    "superuser": Case(
        "ALTER ROLE alice SUPERUSER", "DELETE app.foo.base", Way.SUPERUSER, "alice is a superuser",
        "DELETE FROM foo.base", "ALTER ROLE alice NOSUPERUSER",
    ),
    "predefined role": Case(
        "GRANT pg_write_all_data TO alice", "DELETE app.foo.base", Way.PREDEFINED,
        "what PostgreSQL gives pg_write_all_data everywhere, by memberships alice -> pg_write_all_data",
        "DELETE FROM foo.base", "REVOKE pg_write_all_data FROM alice",
    ),
    "a column only": Case(
        "GRANT SELECT (id) ON foo.base TO alice", "SELECT app.foo.base", Way.DIRECT, "a grant to the user",
        "SELECT id FROM foo.base", "REVOKE SELECT (id) ON foo.base FROM alice",
    ),
    "a column of which the table is granted": Case(
        "GRANT SELECT ON foo.base TO alice", "SELECT app.foo.base.body", Way.DIRECT, "a grant to the user",
        "SELECT body FROM foo.base", "REVOKE SELECT ON foo.base FROM alice",
    ),
    "SET ROLE to a superuser": Case(
        "GRANT rdsadmin TO alice", "DELETE app.foo.base", Way.SUPERUSER,
        "rdsadmin is a superuser, by memberships alice -> rdsadmin, after SET ROLE rdsadmin", "DELETE FROM foo.base",
        "REVOKE rdsadmin FROM alice", before="SET ROLE rdsadmin",
    ),
    "view": Case(
        "GRANT DELETE ON foo.below TO alice", "DELETE app.foo.base", Way.DEFINER,
        "DELETE on view foo.below, which has the rights of shop_owner (a grant to the user)", "DELETE FROM foo.below",
        "REVOKE DELETE ON foo.below FROM alice",
    ),
    "view with a subquery on something else": Case(
        "GRANT DELETE ON foo.some TO alice", "DELETE app.foo.base", Way.DEFINER,
        "DELETE on view foo.some, which has the rights of shop_owner (a grant to the user)", "DELETE FROM foo.some",
        "REVOKE DELETE ON foo.some FROM alice",
    ),
    "view of a view": Case(
        "GRANT SELECT ON foo.above TO alice", "SELECT app.foo.base", Way.DEFINER,
        "SELECT on view foo.above, which has the rights of shop_owner -> "
        "view foo.below, which has the rights of shop_owner (a grant to the user)", "SELECT FROM foo.above",
        "REVOKE SELECT ON foo.above FROM alice",
    ),
    "a view's column": Case(
        "GRANT SELECT (body) ON foo.below TO alice", "SELECT app.foo.base", Way.DEFINER,
        "SELECT (body) on view foo.below, which has the rights of shop_owner (a grant to the user)",
        "SELECT body FROM foo.below", "REVOKE SELECT (body) ON foo.below FROM alice",
    ),
    "a view whose owner has a column": Case(
        "GRANT SELECT ON foo.ids TO alice", "SELECT app.foo.base", Way.DEFINER,
        "SELECT on view foo.ids, which has the rights of reader (a grant to the user)", "SELECT FROM foo.ids",
        "REVOKE SELECT ON foo.ids FROM alice",
    ),
    "a column by a view": Case(
        "GRANT SELECT ON foo.ids TO alice", "SELECT app.foo.base.id", Way.DEFINER,
        "SELECT on view foo.ids, which has the rights of reader (a grant to the user)", "SELECT id FROM foo.ids",
        "REVOKE SELECT ON foo.ids FROM alice",
    ),
    "a column of a partition": Case(
        "GRANT SELECT (id) ON foo.event TO alice", "SELECT app.foo.event_1.id", Way.DEFINER,
        "SELECT (id) on table foo.event, of which it is a part (a grant to the user)", "SELECT id FROM foo.event",
        "REVOKE SELECT (id) ON foo.event FROM alice",
    ),
    "a column by a definer function": Case(
        "GRANT EXECUTE ON FUNCTION foo.wipe() TO alice", "UPDATE app.foo.base.id", Way.CODE,
        "EXECUTE on function foo.wipe(), which has the rights of shop_owner (a grant to the user)", "SELECT foo.wipe()",
        "REVOKE EXECUTE ON FUNCTION foo.wipe() FROM alice",
    ),
    "a definer function whose owner has a view": Case(
        "GRANT EXECUTE ON FUNCTION foo.by_view() TO alice", "DELETE app.foo.base", Way.CODE,
        "EXECUTE on function foo.by_view(), which has the rights of deleter (a grant to the user)",
        "SELECT foo.by_view()", "REVOKE EXECUTE ON FUNCTION foo.by_view() FROM alice",
    ),
    "a definer function whose owner has another": Case(
        "GRANT EXECUTE ON FUNCTION foo.by_code() TO alice", "DELETE app.foo.base", Way.CODE,
        "EXECUTE on function foo.by_code(), which has the rights of caller (a grant to the user)",
        "SELECT foo.by_code()", "REVOKE EXECUTE ON FUNCTION foo.by_code() FROM alice",
    ),
    "partition": Case(
        "GRANT DELETE ON foo.event TO alice", "DELETE app.foo.event_1", Way.DEFINER,
        "DELETE on table foo.event, of which it is a part (a grant to the user)", "DELETE FROM foo.event",
        "REVOKE DELETE ON foo.event FROM alice",
    ),
    "a foreign key that cascades": Case(
        "GRANT DELETE ON foo.customer TO alice", "DELETE app.foo.bill", Way.DEFINER,
        "DELETE on table foo.customer, to which its rows cascade (a grant to the user)",
        "DELETE FROM foo.customer", "REVOKE DELETE ON foo.customer FROM alice",
    ),
    "a foreign key's columns": Case(
        "GRANT UPDATE ON foo.customer TO alice", "UPDATE app.foo.bill.customer", Way.DEFINER,
        "UPDATE on table foo.customer, to which its rows cascade (a grant to the user)",
        "UPDATE foo.customer SET id = 2", "REVOKE UPDATE ON foo.customer FROM alice",
    ),
    "definer function": Case(
        "GRANT EXECUTE ON FUNCTION foo.wipe() TO alice", "DELETE app.foo.base", Way.CODE,
        "EXECUTE on function foo.wipe(), which has the rights of shop_owner (a grant to the user)", "SELECT foo.wipe()",
        "REVOKE EXECUTE ON FUNCTION foo.wipe() FROM alice",
    ),
}  # fmt: skip


@pytest.fixture
def shop(database: Database) -> Iterator[Database]:
    run(database, _MADE)
    yield database


def run(database: Database, statements: str) -> None:
    with database.superuser() as superuser:
        for statement in statements.split(";"):
            if statement.strip():
                superuser.execute(statement.encode())


def who(database: Database, asked: str) -> list[Finding]:
    privilege, name = asked.split(" ", 1)
    with psycopg.connect(database.conninfo(MASTER), options=OPTIONS) as connection:
        return questions.who(connection, privilege, Named.parse(name))


def alices(database: Database, asked: str) -> Finding | None:
    return next((finding for finding in who(database, asked) if finding.role == "alice"), None)


def done(database: Database, before: str, statement: str) -> bool:
    with psycopg.connect(database.conninfo("alice")) as connection:
        try:
            connection.execute((before or "SELECT").encode())
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return False
        finally:
            connection.rollback()
    return True


@pytest.mark.parametrize("name", CASES)
def test_a_route_is_named_while_it_is_there(shop: Database, name: str) -> None:
    case = CASES[name]
    assert (alices(shop, case.asked), done(shop, case.before, case.does)) == (None, False)
    run(shop, case.made)
    finding = alices(shop, case.asked)
    assert finding is not None and done(shop, case.before, case.does)
    assert [(route.way, route.sentence) for route in finding.routes] == [(case.way, case.says)]
    run(shop, case.gone)
    assert (alices(shop, case.asked), done(shop, case.before, case.does)) == (None, False)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.way is not Way.CODE])
def test_the_statements_of_a_route_make_it_again(shop: Database, name: str) -> None:
    """And the question that PostgreSQL was asked has another answer meanwhile."""
    case = CASES[name]
    run(shop, case.made)
    finding = alices(shop, case.asked)
    assert finding is not None
    run(shop, case.gone)
    assert finding.asked == "" or _answer(shop, finding.asked) is (case.before != "")
    made = [statement for statement in finding.routes[0].made_by if not statement.startswith("SET ROLE")]
    run(shop, "".join(made))
    assert done(shop, case.before, case.does)
    assert finding.asked == "" or _answer(shop, finding.asked) is True
    assert finding.routes[0].made_by[len(made) :] == (
        (f'SET ROLE "{finding.routes[0].after}";',) if case.before else ()
    )


@pytest.mark.parametrize(
    ("attribute", "options"),
    [("NOINHERIT", "INHERIT TRUE"), ("INHERIT", "INHERIT FALSE"), ("NOINHERIT", "INHERIT TRUE, SET FALSE")],
)
def test_a_memberships_options_are_made_again(shop: Database, attribute: str, options: str) -> None:
    """Where they aren't what GRANT would make of it by itself."""
    with shop.superuser() as superuser:
        if superuser.info.server_version < 160000:
            pytest.skip("memberships have options since PostgreSQL 16")
    run(shop, f"ALTER ROLE alice {attribute}; GRANT DELETE ON foo.base TO grp; GRANT grp TO alice WITH {options}")
    finding = alices(shop, "DELETE app.foo.base")
    assert finding is not None and finding.routes[0].made_by[0] == f'GRANT "grp" TO "alice" WITH {options};'
    at_once = done(shop, "", "DELETE FROM foo.base")
    run(shop, "REVOKE grp FROM alice; " + finding.routes[0].made_by[0])
    assert done(shop, "", "DELETE FROM foo.base") is at_once is ("INHERIT TRUE" in options)
    assert alices(shop, "DELETE app.foo.base") == finding


def test_a_databases_owner_is_made_by_owning_it(shop: Database) -> None:
    """PostgreSQL refuses a GRANT of pg_database_owner."""
    run(shop, "GRANT DELETE ON foo.base TO pg_database_owner; ALTER DATABASE app OWNER TO alice")
    finding = alices(shop, "DELETE app.foo.base")
    assert finding is not None and done(shop, "", "DELETE FROM foo.base")
    run(shop, f"ALTER DATABASE app OWNER TO {MASTER}")
    assert alices(shop, "DELETE app.foo.base") is None
    run(shop, "".join(finding.routes[0].made_by))
    assert alices(shop, "DELETE app.foo.base") == finding


def _answer(database: Database, question: str) -> bool:
    with database.superuser() as superuser:
        row = superuser.execute(question.encode()).fetchone()
    assert row is not None
    return bool(row[0])


def test_a_membership_without_inherit_takes_a_set_role(shop: Database) -> None:
    run(shop, "GRANT DELETE ON foo.base TO grp; ALTER ROLE alice NOINHERIT; GRANT grp TO alice")
    finding = alices(shop, "DELETE app.foo.base")
    assert finding is not None and [route.after for route in finding.routes] == ["grp"]
    assert not done(shop, "", "DELETE FROM foo.base")
    assert done(shop, "SET ROLE grp", "DELETE FROM foo.base")


def test_what_cascades_is_done_to_the_rows_that_refer(shop: Database) -> None:
    """And to no other column; a foreign key that restricts is no route."""
    run(shop, "GRANT UPDATE, DELETE ON foo.customer TO alice")
    assert alices(shop, "UPDATE app.foo.bill.body") is None
    with psycopg.connect(shop.conninfo("alice")) as connection:
        connection.execute("DELETE FROM foo.customer")
    with shop.superuser() as superuser:
        assert superuser.execute("SELECT FROM foo.bill").rowcount == 0
    run(shop, "ALTER TABLE foo.bill DROP CONSTRAINT bill_customer_fkey; "
        "ALTER TABLE foo.bill ADD FOREIGN KEY (customer) REFERENCES foo.customer")  # fmt: skip
    assert alices(shop, "DELETE app.foo.bill") is None


def test_a_column_that_a_view_doesnt_name_isnt_reached_by_it(shop: Database) -> None:
    run(shop, "GRANT SELECT ON foo.ids TO alice")
    assert alices(shop, "SELECT app.foo.base.body") is None


def test_who_lacks_something_may_come_to_it_by_a_view(shop: Database) -> None:
    run(shop, "CREATE SCHEMA hidden; CREATE TABLE hidden.base (id int); CREATE VIEW foo.seen AS TABLE hidden.base; "
        "GRANT DELETE ON hidden.base, foo.seen TO alice")  # fmt: skip
    assert not done(shop, "", "DELETE FROM hidden.base") and done(shop, "", "DELETE FROM foo.seen")
    found = [finding for finding in who(shop, "DELETE app.hidden.base") if finding.role == "alice"]
    assert [(finding.lacks, finding.certain) for finding in found] == [(("USAGE on schema hidden",), False), ((), True)]


def test_who_has_a_column_may_come_to_the_others_by_a_view(shop: Database) -> None:
    run(shop, "GRANT SELECT (id) ON foo.base TO alice; GRANT SELECT ON foo.below TO alice")
    found = [finding for finding in who(shop, "SELECT app.foo.base") if finding.role == "alice"]
    assert [(finding.thing.column, finding.directly) for finding in found] == [("id", True), ("", False)]


def test_a_column_is_not_said_beside_its_whole_table(shop: Database) -> None:
    """Which is had after a SET ROLE: it holds for the column, too."""
    run(shop, "GRANT SELECT (id) ON foo.base TO grp; GRANT rdsadmin TO alice")
    found = [finding for finding in who(shop, "SELECT app.foo.base") if finding.role == "alice"]
    assert [finding.thing.column for finding in found] == [""]


def test_views_that_meet_again_and_again_are_each_told_once(shop: Database) -> None:
    """Two on each floor, each over both below: the ways to the top double with every floor."""
    with shop.superuser() as superuser:
        below = "foo.base AS a CROSS JOIN foo.base AS b"
        for floor in range(20):
            for side in "lr":
                superuser.execute(f"CREATE VIEW foo.{side}{floor} AS SELECT a.id FROM {below}".encode())
            below = f"foo.l{floor} AS a CROSS JOIN foo.r{floor} AS b"
    run(shop, "GRANT SELECT ON foo.l19 TO alice")
    finding = alices(shop, "SELECT app.foo.base")
    assert finding is not None and [route.sentence.count("view foo.") for route in finding.routes] == [20]


def test_a_view_that_asks_for_its_users_rights_is_no_route(shop: Database) -> None:
    run(shop, "GRANT SELECT ON foo.asker TO alice")
    assert alices(shop, "SELECT app.foo.base") is None
    assert not done(shop, "", "SELECT FROM foo.asker")


def test_a_view_whose_owner_has_no_right_is_no_route(shop: Database) -> None:
    run(shop, "ALTER VIEW foo.below OWNER TO nobody; GRANT SELECT ON foo.below TO alice")
    assert alices(shop, "SELECT app.foo.base") is None
    assert not done(shop, "", "SELECT FROM foo.below")


@pytest.mark.parametrize(
    "instead",
    [
        "CREATE RULE away AS ON DELETE TO foo.below DO INSTEAD NOTHING",
        "CREATE FUNCTION foo.away() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "CREATE TRIGGER away INSTEAD OF DELETE ON foo.below FOR EACH ROW EXECUTE FUNCTION foo.away()",
    ],
)
def test_a_view_with_code_instead_is_no_route_for_what_the_code_replaces(shop: Database, instead: str) -> None:
    """But is one for what it doesn't."""
    with shop.superuser() as superuser:
        superuser.execute(instead.encode())
        superuser.execute("INSERT INTO foo.base VALUES (1)")
    run(shop, "GRANT SELECT, DELETE, UPDATE ON foo.below TO alice")
    with psycopg.connect(shop.conninfo("alice")) as connection:
        assert connection.execute("DELETE FROM foo.below").rowcount == 0
        assert connection.execute("UPDATE foo.below SET id = 2").rowcount == 1
    assert alices(shop, "DELETE app.foo.base") is None
    assert alices(shop, "UPDATE app.foo.base") is not None


def test_what_a_view_only_looks_up_doesnt_change_with_it(shop: Database) -> None:
    run(shop, "GRANT SELECT, DELETE ON foo.some TO alice")
    assert alices(shop, "DELETE app.foo.event") is None
    assert alices(shop, "SELECT app.foo.event") is not None


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        ("REVOKE USAGE ON SCHEMA foo FROM PUBLIC", "USAGE on schema foo"),
        ("REVOKE CONNECT ON DATABASE app FROM PUBLIC", "CONNECT on database app"),
        ("ALTER ROLE alice CONNECTION LIMIT 0", "a CONNECTION LIMIT above 0"),
    ],
)
def test_a_privilege_that_is_of_no_use_is_said_with_what_it_lacks(shop: Database, without: str, lacks: str) -> None:
    run(shop, f"GRANT DELETE ON foo.base TO alice; {without}")
    finding = alices(shop, "DELETE app.foo.base")
    assert finding is not None and (finding.lacks, finding.certain) == ((lacks,), False)


def test_nothing_is_written_and_nothing_resolved_outside_pg_catalog(shop: Database) -> None:
    """As a master whose sessions start with a schema of somebody else's in front."""
    run(shop, f"CREATE SCHEMA trap; CREATE TABLE trap.pg_roles (oid oid); GRANT ALL ON SCHEMA trap TO PUBLIC; "
        f"ALTER ROLE {MASTER} SET search_path = trap, pg_catalog; GRANT DELETE ON foo.base TO alice")  # fmt: skip
    with psycopg.connect(shop.conninfo(MASTER), options="-c idle_in_transaction_session_timeout=0") as connection:
        found = questions.who(connection, "DELETE", Named.parse("app.foo.base"))
        assert "alice" in {finding.role for finding in found}
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE pg_temp.x ()")
    with shop.superuser() as superuser:
        superuser.execute(SQL("ALTER ROLE {} RESET search_path").format(Identifier(MASTER)))


def test_names_speak_to_no_terminal_and_their_sql_stays_theirs(shop: Database) -> None:
    with shop.superuser() as superuser:
        evil, table = Identifier(HOSTILE), Identifier("foo", HOSTILE)
        superuser.execute(SQL("CREATE ROLE {} LOGIN").format(evil))
        superuser.execute(SQL("CREATE TABLE {} ({} int)").format(table, evil))
        superuser.execute(SQL("GRANT SELECT ({}) ON {} TO {}").format(evil, table, evil))
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    found = [finding for finding in who(shop, f"SELECT app.foo.{quoted}") if finding.role == HOSTILE]
    assert [finding.thing.column for finding in found] == [HOSTILE]
    for text in (as_text.who(found, HOSTILE), as_markdown.table(found, HOSTILE), as_json.document(found, HOSTILE)):
        assert not re.search(r"[^\n -~]|##\[", text)
    assert json.loads(as_json.document(found, ""))["findings"][0]["column"] == HOSTILE
    assert next(line for line in as_markdown.table(found, "x").splitlines() if "SELECT" in line).count(" | ") == 4
    run(shop, f"REVOKE SELECT ON foo.{quoted} FROM {quoted}")
    assert _answer(shop, found[0].asked) is False
    for statement in found[0].routes[0].made_by:
        run(shop, statement)
    assert _answer(shop, found[0].asked) is True


@pytest.mark.parametrize(
    "types", ["integer,text", "integer, text", "IN a integer, IN b text", "IN a integer,IN b text"]
)
def test_a_function_is_named_with_its_types_or_as_grant_does(shop: Database, types: str) -> None:
    run(shop, "CREATE PROCEDURE foo.p(a int, b text) LANGUAGE sql AS 'SELECT 1'")
    run(shop, "CREATE PROCEDURE foo.p(a int) LANGUAGE sql AS 'SELECT 1'")
    found = who(shop, f"EXECUTE app.foo.p({types})")
    assert {finding.thing.types for finding in found} == {"integer, text"}


def test_maintain_is_a_privilege_where_the_server_has_it(shop: Database) -> None:
    """PostgreSQL 17 brought it; "nobody can" would be no answer before."""
    run(shop, "ALTER TABLE foo.base OWNER TO alice")
    with shop.superuser() as superuser:
        has_it = superuser.info.server_version >= 170000
    if has_it:
        assert alices(shop, "MAINTAIN app.foo.base") is not None
    else:
        with pytest.raises(QuestionError, match=r"'MAINTAIN' is no privilege on a table; allowed: SELECT, .*TRIGGER$"):
            who(shop, "MAINTAIN app.foo.base")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("EXECUTE app.foo.wipe(int)", 'database app has no foo."wipe(int)"; allowed: foo.wipe()'),
        ("DELETE app.foo.gone", "database app has no foo.gone"),
        ("DELETE app.foo", "'DELETE' is no privilege on a schema; allowed: USAGE, CREATE"),
        ("SELECT app.foo.base.a.b", "is not a name; allowed: DATABASE"),
        ("SELECT app.foo.", "is not a name; allowed: DATABASE"),
    ],
)
def test_a_question_without_an_answer_is_refused(shop: Database, asked: str, says: str) -> None:
    with pytest.raises(QuestionError, match=re.escape(says)):
        who(shop, asked)
