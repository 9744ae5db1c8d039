"""What keeps the database as it is while a probe looks. READ ONLY and the rollback are broken on purpose, each and both:
the other one holds. With both broken the database changes, so that these tests would see it."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import psycopg
import pytest

from keyless_probe import guarded as module
from keyless_probe import reading
from keyless_probe.question import Question
from tests.conftest import Database
from tests.database.probe.asking import asked, session

_MADE: Final = """
CREATE ROLE somebody LOGIN;
CREATE TABLE public.kept (id int PRIMARY KEY, n int);
INSERT INTO public.kept VALUES (1, 1), (2, 2);
GRANT ALL ON public.kept TO somebody;
GRANT USAGE ON SCHEMA public TO somebody
"""


class Committing(psycopg.Connection[Any]):
    """Its transactions are committed whatever is asked of them."""

    def transaction(self, savepoint_name: str | None = None, force_rollback: bool = False) -> Any:
        return super().transaction(savepoint_name, force_rollback=False)


@pytest.fixture
def kept(database: Database) -> Iterator[Database]:
    with database.superuser() as superuser:
        superuser.execute(_MADE.encode())
    yield database


def _rows(database: Database) -> list[Any]:
    with database.superuser() as superuser:
        return superuser.execute(b"SELECT id, n FROM public.kept ORDER BY id").fetchall()


def _deleting(connection: "psycopg.Connection[Any]", _: object) -> dict[str, Any]:
    connection.execute("DELETE FROM public.kept")
    return {}


@pytest.mark.parametrize(("read_only", "rolls_back"), list(product((True, False), repeat=2)))
def test_any_one_guard_keeps_the_database_as_it_is(
    kept: Database, monkeypatch: pytest.MonkeyPatch, *, read_only: bool, rolls_back: bool
) -> None:
    """Were what is read a statement that changes something."""
    monkeypatch.setattr(reading, "facts", _deleting)
    if not read_only:
        monkeypatch.setattr(module, "SETTINGS", module.SETTINGS.replace("SET TRANSACTION READ ONLY;", ""))
    before = _rows(kept)
    kind = psycopg.Connection if rolls_back else Committing
    with kind.connect(kept.conninfo("somebody"), autocommit=True, prepare_threshold=None) as connection:
        question = Question("", "h", 5432, "u", "d", about="somebody")
        if read_only:
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                reading.read(connection, question)
        else:
            reading.read(connection, question)
    assert (_rows(kept) == before) is (read_only or rolls_back)


def test_all_that_is_read_is_read_in_the_one_transaction(kept: Database) -> None:
    """The server's own log of statements has none outside of it."""
    with session(kept, "somebody") as connection:
        seen: list[tuple[str, Any]] = []
        ran = connection.execute

        def noted(query: Any, *arguments: Any, **more: Any) -> Any:
            seen.append((str(query), connection.info.transaction_status))
            return ran(query, *arguments, **more)

        connection.execute = noted  # type: ignore[method-assign]
        asked(connection, "public", roles=("somebody",))
    assert len(seen) > 10
    assert {status for _, status in seen} == {psycopg.pq.TransactionStatus.INTRANS}
    assert seen[0][0] == module.SETTINGS


def test_nothing_is_left_of_the_settings(kept: Database) -> None:
    with session(kept, "somebody") as connection:
        asked(connection, "public")
        assert connection.execute("SHOW transaction_read_only").fetchone() == ("off",)
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)


def test_a_locked_table_is_asked_about_without_waiting(kept: Database) -> None:
    with kept.superuser() as superuser, superuser.transaction(), session(kept, "somebody") as connection:
        superuser.execute("LOCK TABLE public.kept")
        (table,) = [one for one in asked(connection, "public")["things"] if one["thing"]["name"] == "kept"]
    assert "DELETE" in table["privileges"]
