"""What is taken from a log of the drift watch, and what is left out of it."""

import json
from pathlib import Path

import pytest

from keyless.report.read.errors import ForeignFileError
from keyless.report.read.history import Look, in_time, load, periods


def answer(drift: object, database: object = "app") -> str:
    return json.dumps({"database": database, "drift": drift, "digest": f"of {drift}", "summary": "said"})


def looks(tmp_path: Path, text: str) -> list[Look]:
    (tmp_path / "log").write_text(text)
    return in_time(load(tmp_path / "log"))


AT = "2026-11-28 01:00:01 UTC"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (answer(2), ""),
        (f"2026-11-28T01:00:01.000Z {answer(2)}", AT),
        (f"2026-11-28T03:00:01.000+02:00 {answer(2)}\n", AT),
        (json.dumps({"timestamp": 1795827601000, "message": answer(2) + "\n"}), AT),
        (json.dumps({"events": [{"timestamp": 1795827601000, "message": answer(2)}]}, indent=2), AT),
        (json.dumps({"timestamp": 1e300, "message": answer(2)}), ""),
        (json.dumps({"timestamp": "soon", "message": answer(2)}), ""),
        ('{"timestamp": NaN, "message": ' + json.dumps(answer(2)) + "}", ""),
        (json.dumps({"timestamp": "0001-01-01T00:00:00+23:00", "message": answer(2)}), ""),
    ],
)
def test_each_form_of_an_export_is_read(tmp_path: Path, text: str, at: str) -> None:
    assert looks(tmp_path, text) == [Look(at, "app", 2, "of 2", "said")]


@pytest.mark.parametrize(
    "line",
    [
        "START RequestId: 1",
        "2026-11-28T01:00:01.000Z REPORT",
        '{"message": 1}',
        "[1]",
        "1",
        "[" * 100_000,
        answer(True),
        answer("2"),
        answer(-2),
        answer(1, database=None),
        '{"database": "app"}',
    ],
)
def test_what_is_no_answer_of_the_watch_is_left_out(tmp_path: Path, line: str) -> None:
    assert len(looks(tmp_path, f"{line}\n{answer(0)}\n")) == 1
    with pytest.raises(ForeignFileError, match="has no answer of a drift watch"):
        looks(tmp_path, line)


def test_looks_that_found_the_same_one_after_the_other_are_one_period(tmp_path: Path) -> None:
    found = [(1, 0), (2, 0), (3, 2), (4, 2), (5, 0), (6, None)]
    text = "\n".join(f"2026-11-28T0{hour}:00:00Z {answer(drift)}" for hour, drift in reversed(found))
    shown = [(period.first.at[11:13], period.last.at[11:13], period.last.drift, period.looks) for period in periods(looks(tmp_path, text))]  # fmt: skip
    assert shown == [("06", "06", None, 1), ("05", "05", 0, 1), ("03", "04", 2, 2), ("01", "02", 0, 2)]


def test_of_looks_in_one_second_the_later_comes_first(tmp_path: Path) -> None:
    text = "\n".join(f"2026-11-28T01:00:00Z {answer(drift)}" for drift in (1, 0, 2))
    assert [period.last.drift for period in periods(looks(tmp_path, text))] == [2, 0, 1]


def test_databases_do_not_end_each_others_periods(tmp_path: Path) -> None:
    text = "\n".join(f"2026-11-28T0{hour}:00:00Z {answer(0, f'db{hour % 2}')}" for hour in range(6))
    assert [(period.last.database, period.looks) for period in periods(looks(tmp_path, text))] == [
        ("db1", 3),
        ("db0", 3),
    ]
