"""Clusters that are broken on purpose, each with what must be said of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from db_access.postgresql import apply
from keyless.rehearsal.servers.certificates import Authority
from tests.reliability.fleet.world import Fleet, Home, closed_port

SILENT: Final = 20
"""Seconds that a cluster may say nothing."""
PLANTED: Final = {
    "silent-1": ("unreachable", f"no answer within {SILENT} s, at: database app_"),
    "silent-2": ("unreachable", f"no answer within {SILENT} s, at: database app_"),
    "closed": ("unreachable", "Connection refused"),
    "wrong-password": ("unreachable", "the password in PGPASSFILE or ~/.pgpass is wrong"),
    "other-name": ("unreachable", 'server certificate for "localhost" does not match host name "other.example"'),
    "other-authority": ("unreachable", "certificate verify failed"),
    "drifted": ("drift", "_reader' can CREATE on schema s, through a grant to the user"),
    "locked": ("failed", "another session holds a lock in database 'app_"),
    "bad-spec": ("failed", "bad.yaml:1: unknown field; did you mean 'databases'?"),
    "no-spec": ("failed", "gone.yaml: No such file or directory"),
    "no-database": ("failed", 'database "nowhere" does not exist'),
    "undeclared": ("failed", "database 'other' is not declared"),
}


def drift(home: Home) -> None:
    with home.superuser() as connection:
        connection.execute(SQL("GRANT CREATE ON SCHEMA s TO {}").format(Identifier(f"{home.name}_reader")))


@contextmanager
def planted(fleet: Fleet, drifted: Home, locked: Home) -> Iterator[None]:
    """Within it all of them are in the fleet."""
    one, other, *_ = (home for home in fleet.homes if home not in (drifted, locked))
    bad, roots = fleet.folder / "bad.yaml", Authority(fleet.folder, "foreign").root
    bad.write_text("database: []\n")
    nowhere = fleet.folder / "nowhere.json"
    nowhere.write_text(one.spec.read_text().replace(one.name, "nowhere"))
    fleet.add("silent-1", one, target=None)
    fleet.add("silent-2", other, target=None)
    fleet.add("closed", one, tunnel=f"127.0.0.1:{closed_port()}")
    fleet.add("wrong-password", one, password="wrong")
    fleet.add("other-name", other, host="other.example")
    fleet.add("other-authority", one, root_certificates=str(roots))
    fleet.add("drifted", drifted)
    fleet.add("locked", locked)
    fleet.add("bad-spec", one, spec=str(bad))
    fleet.add("no-spec", one, spec=str(fleet.folder / "gone.yaml"))
    fleet.add("no-database", one, spec=str(nowhere))
    fleet.add("undeclared", one, databases=["other"])
    with psycopg.connect(locked.server.conninfo(database=locked.name)) as holder:
        apply.lock(holder, 30)
        yield
