"""A value that somebody has set by hand may be a secret: that there is one is said, by plans, logs and whoever tells them."""

import logging
from typing import LiteralString

import pytest

from tests.conftest import Database
from tests.database.engine import converge, run, with_user
from tests.database.planning.test_users import READS

WANTED = with_user(username="u", grants=READS, settings={"search_path": ["foo"]})
CASES: dict[LiteralString, str] = {
    "ALTER ROLE u SET application_name = 'SECRET'": "is set, and the spec doesn't say so",
    "ALTER ROLE u SET search_path = 'SECRET'": "is set otherwise",
    "ALTER ROLE u IN DATABASE app SET search_path = 'SECRET'": "is set in this database only",
}


@pytest.mark.parametrize("statement", CASES)
def test_a_value_by_hand_is_told_and_not_shown(
    database: Database, statement: LiteralString, caplog: pytest.LogCaptureFixture
) -> None:
    converge(database, WANTED)
    run(database, "rdsadmin", statement)
    caplog.set_level(logging.DEBUG)
    done = converge(database, WANTED)
    (change,) = done.plan
    assert change.reason == CASES[statement]
    assert "SECRET" not in caplog.text + repr(done)
