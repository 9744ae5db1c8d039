"""More things than one answer holds come in several."""

from typing import Any

import pytest

from keyless_probe import reading
from tests.conftest import Database
from tests.database.probe.asking import asked, session

_MADE = "CREATE ROLE somebody LOGIN; CREATE SCHEMA wide; " + "".join(
    f"CREATE TABLE wide.t{number} (id int); GRANT SELECT (id) ON wide.t{number} TO somebody; " for number in range(7)
)


def test_all_pages_together_are_all_there_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.superuser() as superuser:
        superuser.execute(_MADE.encode())
    with session(database, "somebody") as connection:
        whole = asked(connection, "wide")
        monkeypatch.setattr(reading, "AT_ONCE", 2)
        found: list[dict[str, Any]] = []
        more = True
        while more:
            page = asked(connection, "wide", start=len(found))
            found += page["things"]
            more = page["more"]
    assert not whole["more"]
    assert found == whole["things"]
    assert [one["columns"] for one in found if one["thing"]["kind"] == "table"] == [{"id": ["SELECT"]}] * 7
