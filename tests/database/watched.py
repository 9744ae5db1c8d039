"""The drift watch's look at a database, by a connection of the test's own."""

import pytest

from db_access import watch
from db_access.plan.finding import Finding
from db_access.postgresql.family import OneDatabase
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec


def looked(connect: Connect, spec: AccessSpec, database: str, master: str) -> Finding:
    """What it finds, where `master` makes the runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASTER", master)
        return watch.look(OneDatabase(database, lambda *_: connect), spec)
