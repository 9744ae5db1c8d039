"""In what both users differ is found and named, whatever it is; and nothing else is."""

from collections.abc import Sequence

import pytest

from db_access.postgresql import session
from keyless.effective import catalog as catalogs
from keyless.migrate.comparison import compared
from keyless.migrate.phase import Migration
from tests.database.migrate.stage import NEW, OLD, Stage

UNEQUAL = {
    "a grant by hand": (
        [f"GRANT TRUNCATE ON bar.audit TO {OLD}"],
        "table bar.audit: report has TRUNCATE, and report_iam has not",
    ),
    "more for the new one": (
        [f"GRANT TRUNCATE ON bar.audit TO {NEW}"],
        "table bar.audit: report_iam has TRUNCATE, and report has not",
    ),
    "a grant outside the spec": (
        ["CREATE TABLE public.mine (id int)", "GRANT USAGE ON SCHEMA public TO PUBLIC",
         f"GRANT SELECT ON public.mine TO {OLD}"],
        "table public.mine: report has SELECT, and report_iam has not",
    ),
    "a column": (
        ["CREATE TABLE public.mine (id int, name text)", f"GRANT UPDATE (name) ON public.mine TO {OLD}"],
        "column name of table public.mine: report has UPDATE, and report_iam has not",
    ),
    "a lacking right": (
        [f"REVOKE INSERT ON bar.audit FROM {NEW}"],
        "table bar.audit: report has INSERT, and report_iam has not",
    ),
    "a right to pass on": (
        [f"GRANT INSERT ON bar.audit TO {OLD} WITH GRANT OPTION"],
        "table bar.audit: report has INSERT WITH GRANT OPTION, and report_iam has INSERT",
    ),
    "a type": (
        ["CREATE TYPE public.mood AS ENUM ('good')", "REVOKE USAGE ON TYPE public.mood FROM PUBLIC",
         f"GRANT USAGE ON TYPE public.mood TO {OLD}"],
        "type public.mood: report has USAGE, and report_iam has not",
    ),
    "a foreign server": (
        ["CREATE FOREIGN DATA WRAPPER far", "CREATE SERVER away FOREIGN DATA WRAPPER far",
         f"GRANT USAGE ON FOREIGN SERVER away TO {OLD}"],
        "server away: report has USAGE, and report_iam has not",
    ),
    "future objects": (
        [f"ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA ops GRANT SELECT ON TABLES TO {OLD}"],
        "belonging to role app_owner in schema ops: report has SELECT, and report_iam has not",
    ),
    "its own default privileges": (
        [f"ALTER DEFAULT PRIVILEGES FOR ROLE {OLD} GRANT SELECT ON TABLES TO PUBLIC"],
        "they are for what report makes",
    ),
    "a membership": (
        [f"GRANT pg_monitor TO {OLD}"],
        ", and report_iam has not; allowed: put it into the spec of both, or revoke it; one that `keyless grants` lists "
        "ends by itself, or by --end",
    ),
    "a member": (
        ["CREATE ROLE helper", f"GRANT {OLD} TO helper"],
        "role helper: it is a member of report, and has its rights by that",
    ),
    "an attribute": (
        [f"ALTER ROLE {OLD} CREATEDB"],
        "CREATEDB: report has True, and report_iam has False",
    ),
    "a setting": (
        [f"ALTER ROLE {OLD} IN DATABASE app SET work_mem = '8MB'"],
        "setting work_mem in database app: report has '8MB', and report_iam has not",
    ),
    "something owned": (
        ["CREATE TABLE public.mine (id int)", f"ALTER TABLE public.mine OWNER TO {OLD}",
            "GRANT SELECT ON public.mine TO PUBLIC"],
        "table public.mine: report owns it; allowed: ALTER ... OWNER TO the schema's owner",
    ),
    "a policy": (
        ["ALTER TABLE bar.audit ENABLE ROW LEVEL SECURITY",
         f"CREATE POLICY its_own ON bar.audit TO {OLD} USING (true)"],
        "policy its_own on table bar.audit: it names report, and not report_iam",
    ),
    "a policy that asks": (
        ["ALTER TABLE bar.audit ENABLE ROW LEVEL SECURITY",
         "CREATE POLICY its_own ON bar.audit USING (name = current_user)"],
        "policy its_own on table bar.audit: it asks who is logged in",
    ),
    "a policy with the name": (
        ["ALTER TABLE bar.audit ENABLE ROW LEVEL SECURITY",
         f"CREATE POLICY its_own ON bar.audit USING (current_setting('x', true) <> '{OLD}')"],
        "policy its_own on table bar.audit: it asks who is logged in",
    ),
    "a default": (
        ["ALTER TABLE bar.audit ALTER name SET DEFAULT session_user"],
        "column name of table bar.audit: it asks who is logged in",
    ),
    "a view": (
        ["CREATE VIEW bar.own AS SELECT * FROM bar.audit WHERE name = current_user",
         f"GRANT SELECT ON bar.own TO {OLD}, {NEW}"],
        "view bar.own: it asks who is logged in",
    ),
    "a trigger": (
        ["CREATE FUNCTION ops.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := current_user; RETURN NEW; END'",
         "CREATE TRIGGER stamp BEFORE INSERT ON bar.audit FOR EACH ROW EXECUTE FUNCTION ops.stamp()"],
        "function ops.stamp(): it asks who is logged in",
    ),
    "the condition of a trigger": (
        ["CREATE FUNCTION ops.pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
         "CREATE TRIGGER other BEFORE INSERT ON bar.audit FOR EACH ROW WHEN (current_user <> 'x') EXECUTE FUNCTION ops.pass()"],
        "trigger other on table bar.audit: it asks who is logged in",
    ),
    "a trigger on columns": (
        ["CREATE TABLE bar.few (id int)", f"GRANT INSERT (id) ON bar.few TO {OLD}, {NEW}",
         "CREATE FUNCTION ops.see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM session_user; RETURN NEW; END'",
         "CREATE TRIGGER see BEFORE INSERT ON bar.few FOR EACH ROW EXECUTE FUNCTION ops.see()"],
        "function ops.see(): it asks who is logged in",
    ),
    "a constraint": (
        ["ALTER TABLE bar.audit ADD CONSTRAINT own CHECK (name = current_user)"],
        "constraint own on table bar.audit: it asks who is logged in",
    ),
    "a rule": (
        ["CREATE RULE seen AS ON DELETE TO bar.audit DO ALSO INSERT INTO ops.migration SELECT 1 WHERE current_user = 'x'"],
        "rule seen on table bar.audit: it asks who is logged in",
    ),
    "a domain's constraint": (
        ["CREATE DOMAIN ops.own AS name CONSTRAINT mine CHECK (VALUE = current_user)", "ALTER TABLE bar.audit ADD own ops.own"],
        "type ops.own: it asks who is logged in",
    ),
    "a domain's default": (
        ["CREATE DOMAIN bar.own AS name DEFAULT session_user"],
        "type bar.own: it asks who is logged in",
    ),
    "a function's body in SQL": (
        ["CREATE FUNCTION bar.who() RETURNS name BEGIN ATOMIC SELECT current_user; END",
         f"GRANT EXECUTE ON FUNCTION bar.who() TO {OLD}, {NEW}"],
        "function bar.who(): it asks who is logged in",
    ),
    "an argument's default": (
        ["CREATE FUNCTION bar.told(name DEFAULT current_user) RETURNS name LANGUAGE sql AS 'SELECT $1'",
         f"GRANT EXECUTE ON FUNCTION bar.told(name) TO {OLD}, {NEW}"],
        "function bar.told(name): it asks who is logged in",
    ),
    "a view behind a view": (
        ["CREATE VIEW ops.own AS SELECT current_user AS who", "CREATE VIEW bar.shown AS SELECT who FROM ops.own",
         f"GRANT SELECT ON bar.shown TO {OLD}, {NEW}"],
        "view ops.own: it asks who is logged in",
    ),
    "a schema of its name": (
        [f"CREATE SCHEMA {OLD}", f"GRANT USAGE ON SCHEMA {OLD} TO {OLD}, {NEW}"],
        "schema report: it is what report alone searches first, by the $user in search_path",
    ),
    "a schema of the new name": (
        [f"CREATE SCHEMA {NEW}", f"GRANT USAGE ON SCHEMA {NEW} TO {OLD}, {NEW}"],
        "schema report_iam: it is what report_iam alone searches first",
    ),
}  # fmt: skip
SAME = {
    "a view of what it can't read": ["CREATE VIEW ops.own AS SELECT current_user"],
    "a policy for others": [
        "CREATE POLICY own ON ops.migration USING (current_user = 'x')",
        "ALTER TABLE ops.migration ENABLE ROW LEVEL SECURITY",
    ],
    "a column of that name": [
        'CREATE VIEW bar.named AS SELECT name AS "USER" FROM bar.audit',
        f"GRANT SELECT ON bar.named TO {OLD}, {NEW}",
    ],
    "a schema of its name that it doesn't search": [
        f"CREATE SCHEMA {OLD}",
        f"GRANT USAGE ON SCHEMA {OLD} TO {OLD}, {NEW}",
        *(f"ALTER ROLE {name} SET search_path = bar" for name in (OLD, NEW)),
    ],
    "a rule and a constraint on what it can't write": [
        "ALTER TABLE ops.migration ADD CHECK (current_user <> 'x')",
        "CREATE RULE seen AS ON DELETE TO ops.migration DO ALSO SELECT current_user",
        "CREATE DOMAIN ops.own AS name DEFAULT current_user CHECK (VALUE = current_user)",
    ],
    "both by hand": [f"GRANT TRUNCATE ON bar.audit TO {OLD}, {NEW}"],
}


@pytest.fixture
def started(stage: Stage) -> Stage:
    stage.made("start")
    return stage


def found(stage: Stage, by_hand: Sequence[str]) -> list[str]:
    """What the comparison says once these statements have run, which are then undone."""
    with stage.database.superuser() as superuser, superuser.transaction(force_rollback=True):
        for statement in by_hand:
            superuser.execute(statement.encode())
        session.settle(superuser)
        return [
            f"{point.kind.name}: {point}"
            for point in compared(superuser, Migration(OLD, NEW), catalogs.read(superuser))
        ]


def test_each_difference_is_named(started: Stage) -> None:
    wrong = {how: found(started, by_hand) for how, (by_hand, said) in UNEQUAL.items()}
    missing = {how: said for how, said in wrong.items() if not any(UNEQUAL[how][1] in one for one in said)}
    assert not missing, missing
    several = {how: said for how, said in wrong.items() if len(said) > 1}
    assert not several, several


def test_what_is_alike_is_not(started: Stage) -> None:
    wrong = {how: said for how, by_hand in SAME.items() if (said := found(started, by_hand))}
    assert not wrong, wrong


def test_what_comes_through_a_group_is_a_difference_in_rights_too(started: Stage) -> None:
    """At once, or only after SET ROLE."""
    group = ["CREATE ROLE special", "GRANT TRUNCATE ON bar.audit TO special"]
    at_once = found(started, [*group, f"GRANT special TO {OLD}"])
    assert at_once[0].startswith(f"RIGHTS: table bar.audit: {OLD} has TRUNCATE, and {NEW} has not"), at_once
    assert at_once[1].startswith(f"MEMBERSHIP: role special: {OLD} has membership"), at_once
    without_inherit = [f"ALTER ROLE {name} NOINHERIT" for name in (OLD, NEW)]
    later = found(started, [*group, *without_inherit, f"GRANT special TO {OLD}"])
    assert later[0].startswith(f"RIGHTS: table bar.audit: {OLD} has TRUNCATE after SET ROLE special, and"), later
