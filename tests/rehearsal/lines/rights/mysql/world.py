"""A server of the family as the engine has left it, and the lines of who can do what on it."""

from typing import Any

from db_access.secrets import Secret
from db_access.spec import AccessSpec
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.rights.lines import Measured
from keyless.rehearsal.lines.rights.mysql.ground import Ground
from keyless.rehearsal.lines.rights.mysql.lines import measured
from tests.mysql.engine.specs import grant, run, spec, user
from tests.mysql.servers import Instance, rows

PASSWORDS = {"clerk": "the clerk's password"}
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:clerk-AbCdEf"
GROUP = {"name": "readers", "grants": [grant("bar", access="read_only")]}


def wanted(**more: Any) -> AccessSpec:
    """With every preset, lists, single tables, key columns, a group, a password, and users who don't get in."""
    return spec(
        user("reader", grant("foo", access="read_only")),
        user("appender", grant("foo", access="append_only")),
        user("writer", grant("foo", access="write_only", key_columns=["id"]), connection_limit=5),
        user("editor", grant("foo", "bar", access="read_write"), connection_limit=-1),
        user("migrator", grant("foo", access="owner")),
        user("lister", grant("foo", tables=["SELECT", "REFERENCES", "TRIGGER"], functions=["EXECUTE"])),
        user("maker", grant("bar", tables=["INSERT"], schema_privileges=["USAGE", "CREATE"])),
        user("single", grant("foo", tables=["SELECT", "DELETE"], only=["foo.event"])),
        user("member", groups=["readers"]),
        user("clerk", grant("bar", access="read_only"), auth_method="password", password_secret=SECRET),
        user("idle"),
        user("paused", grant("foo", access="read_write"), enabled=False),
        user("absent", auth_method="none"),
        groups=[GROUP],
        **more,
    )


def small() -> AccessSpec:
    """As much of it as there are controls to break."""
    kept = ("reader", "writer", "member", "clerk", "idle", "paused")
    whole = wanted()
    return whole.model_copy(update={"users": tuple(one for one in whole.users if one.username in kept)})


MADE = (
    "CREATE TABLE foo.event (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NOT NULL, w INT AS (v + 1) STORED)",
    "CREATE TABLE foo.child (id INT PRIMARY KEY, of_event INT NOT NULL REFERENCES event (id))",
    "CREATE TABLE foo.`strange ``name` (v INT)",
    "CREATE VIEW foo.events AS SELECT id FROM foo.event",
    "CREATE SQL SECURITY INVOKER VIEW foo.counted AS SELECT COUNT(*) AS n, MAX(v) + 1 AS more FROM foo.event",
    "CREATE PROCEDURE foo.count_them(IN a INT) SQL SECURITY INVOKER SELECT a",
    "CREATE FUNCTION foo.one() RETURNS INT DETERMINISTIC SQL SECURITY INVOKER RETURN 1",
)


def settle(instance: Instance, access: AccessSpec) -> None:
    """The engine's first run, a migration by the master, and the run after it."""
    more = {"read_secret": lambda arn: Secret(PASSWORDS["clerk"], "1", "clerk")}
    run(instance, access, **more)
    with instance.connect() as master:
        for statement in MADE:
            rows(master, statement)
        rows(master, "INSERT INTO foo.event (v) VALUES (1)")
    run(instance, access, **more)


def look(instance: Instance, access: AccessSpec) -> Measured:
    ground = Ground(instance.server, instance.master, PASSWORDS.__getitem__)
    return measured(ground, access)


def wrong(lines: tuple[Line, ...]) -> dict[str, str]:
    return {line.what: f"{line.measured.outcome}: {line.measured.reason}" for line in lines if not line.holds}
