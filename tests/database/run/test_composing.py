"""Composing statements costs as much as there are changes: each change's statement is composed once for what is sent,
shown and summed up."""

import hashlib
import logging
from collections import Counter
from typing import Any

import pytest
from psycopg.sql import SQL, Composed

from db_access.postgresql import ddl
from tests.conftest import Database
from tests.database.engine import converge, spec


def formats(patch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts each composition by its text."""
    counted: Counter[str] = Counter()
    compose = SQL.format

    def counting(self: SQL, *parts: Any, **named: Any) -> Composed:
        composed = compose(self, *parts, **named)
        counted[composed.as_string(None)] += 1
        return composed

    patch.setattr(SQL, "format", counting)
    return counted


def users(count: int) -> list[dict[str, Any]]:
    return [
        {"username": f"u{n}", "settings": {"work_mem": f"{n + 1}MB"}, "description": f"user {n}", "groups": [f"g{n}"]}
        for n in range(count)
    ]


def test_the_statement_of_each_change_is_composed_once_for_all_that_it_is_for(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = spec(users=users(5), groups=[{"name": f"g{n}"} for n in range(5)])
    with monkeypatch.context() as patch, caplog.at_level(logging.INFO):
        counted = formats(patch)
        summary = converge(database, wanted)
    own = Counter(ddl.text(change) for change in summary.plan)
    assert len(own) > 30
    assert {text: counted[text] for text in own} == dict(own)


def test_what_is_logged_and_summed_up_is_the_same(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        summary = converge(database, spec(users=users(3), groups=[{"name": f"g{n}"} for n in range(3)]))
    texts = [ddl.text(change) for change in summary.plan]
    assert [record.getMessage().partition("  -- ")[0] for record in caplog.records if "  -- " in record.msg] == texts
    assert summary.digest == hashlib.sha256(";\n".join(texts).encode()).hexdigest() == ddl.digest(summary.plan)
