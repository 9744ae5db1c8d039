"""What can be altered in place, without another oid, is another object than the one that was approved."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.approval.cases import CALLER, READER, TYPES, WRITER, Case, assert_done, assert_refused
from tests.database.approval.deploying import Function
from tests.database.approval.worlds import prepared

_KIND = ("CREATE TYPE ops.kind AS ENUM ('a', 'b')", "ALTER TABLE foo.event ADD kind ops.kind")
_REFERS = ("CREATE TABLE foo.kept (id bigint, other bigint)",)
_EVENT, _KEPT = r'now table "foo"."event" ', r'now table "foo"."kept" '


def _refers(column: str, more: str = "") -> str:
    referring = f"FOREIGN KEY ({column}) REFERENCES foo.event ON DELETE CASCADE {more}"
    return f"ALTER TABLE foo.kept ADD CONSTRAINT refers {referring}"


CASES = {
    "a routine that NULL never reaches": Case(
        CALLER, ("ALTER FUNCTION foo.answer() STRICT",), r'now function "foo"."answer"'
    ),
    "a label more": Case(READER, ("ALTER TYPE ops.kind ADD VALUE 'c'",), r'now type "ops"."kind"', _KIND),
    "labels that have swapped their names": Case(
        READER,
        (
            "ALTER TYPE ops.kind RENAME VALUE 'a' TO 'c'",
            "ALTER TYPE ops.kind RENAME VALUE 'b' TO 'a'",
            "ALTER TYPE ops.kind RENAME VALUE 'c' TO 'b'",
        ),
        r'now type "ops"."kind"',
        _KIND,
    ),
    "a label more of a type itself": Case(
        TYPES,
        ("ALTER TYPE foo.kind ADD VALUE 'c'",),
        r'now type "foo"."kind"',
        ("CREATE TYPE foo.kind AS ENUM ('a')",),
    ),
    "what is unique": Case(
        WRITER,
        ("ALTER TABLE foo.event DROP CONSTRAINT once", "ALTER TABLE foo.event ADD CONSTRAINT once UNIQUE (id, name)"),
        _EVENT,
        ("ALTER TABLE foo.event ADD CONSTRAINT once UNIQUE (name)",),
    ),
    "the column by which rows go along": Case(
        WRITER,
        ("ALTER TABLE foo.kept DROP CONSTRAINT refers", _refers("other")),
        _KEPT,
        (*_REFERS, _refers("id")),
    ),
    "a constraint that can wait": Case(
        WRITER,
        ("ALTER TABLE foo.kept ALTER CONSTRAINT refers DEFERRABLE INITIALLY DEFERRED",),
        _KEPT,
        (*_REFERS, _refers("id")),
    ),
    "a column that is compared otherwise": Case(
        READER, ('ALTER TABLE foo.event ALTER name TYPE text COLLATE "C"',), _EVENT
    ),
    "a partition of other rows": Case(
        READER,
        (
            "ALTER TABLE foo.parted DETACH PARTITION foo.part",
            "ALTER TABLE foo.parted ATTACH PARTITION foo.part FOR VALUES FROM (5) TO (20)",
        ),
        r'now table "foo"."part" ',
        (
            "CREATE TABLE foo.parted (id int) PARTITION BY RANGE (id)",
            "CREATE TABLE foo.part PARTITION OF foo.parted FOR VALUES FROM (1) TO (9)",
        ),
    ),
}


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    return made


@pytest.mark.parametrize("name", CASES)
def test_what_an_object_is_defined_as_is_what_was_approved(name: str, function: Function) -> None:
    assert_refused(CASES[name], function)


@pytest.mark.parametrize("name", CASES)
def test_an_approval_of_the_definition_now_is_carried_out(name: str, function: Function) -> None:
    assert_done(CASES[name], function)
