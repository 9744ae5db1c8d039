"""A report comes out of an answer as it went in, whatever is in it, or it is an error."""

import json
import zlib
from base64 import b64encode
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from db_access.plan.changes import Change, CreateRole, Grant, Target
from db_access.plan.packed import PackingError, packed, unpacked
from db_access.plan.privileges import DefaultKey, Kind, Privilege
from db_access.plan.report import Evidence, Summary
from db_access.plan.roles import Role

ODD = 'a "b" \N{SNOWMAN}\n\x1b[31m </script> \udcff'
"""Also a byte that is no text."""
ROLE = Role(ODD, login=True, valid_until=datetime(2026, 1, 2, tzinfo=UTC), settings=frozenset({("a", (ODD, "c"))}))
VALUES: dict[Any, Any] = {
    str: ODD,
    str | None: ODD,
    bool: True,
    bool | None: True,
    int | None: 7,
    tuple[str, ...]: (ODD, "x"),
    tuple[str, ...] | None: (ODD, "x"),
    tuple[Privilege, ...]: (Privilege.SELECT, Privilege.MAINTAIN),
    Role: ROLE,
    Kind: Kind.TYPE,
    Target: Target(Kind.TABLE, ODD, (ODD,), ("id",)),
    DefaultKey: DefaultKey(ODD, None, Kind.SEQUENCE),
}
"""Of each type that a change's fields have."""
PLAN: tuple[Change, ...] = tuple(
    kind(**{field.name: VALUES[field.type] for field in fields(kind)}) for kind in get_args(Change)
)
SUMMARY = Summary(plan=PLAN, database=ODD, digest="0", pending=(ODD,), warnings=("w",), left=("l",), kept=(ODD,))
EVIDENCE = Evidence(plan=PLAN, database=ODD, violations=(ODD,), conflicts=("c",), lock_outs=("l",), outsiders=("o",))


@pytest.mark.parametrize("report", [SUMMARY, EVIDENCE], ids=["a summary", "an evidence"])
def test_every_kind_of_change_and_everything_in_it_comes_back(report: Any) -> None:
    found = unpacked(json.loads(json.dumps(packed(report))), type(report))
    assert found == report and asdict(found) == asdict(report), "the fields that aren't compared, too"


def test_it_is_plain_ascii() -> None:
    assert packed(SUMMARY).isascii()


def test_what_has_no_room_is_an_error_that_counts_it() -> None:
    with pytest.raises(PackingError, match=f"{len(PLAN)} changes and 3 sentences take .* has room for 100"):
        packed(SUMMARY, most_bytes=100)


def test_ten_thousand_changes_have_room() -> None:
    grants = tuple(
        Grant(Target(Kind.TABLE, "foo", (f"table_{number}",)), (Privilege.SELECT,), ("reader",), reason="the spec gives it")
        for number in range(10_000)
    )  # fmt: skip
    report = replace(SUMMARY, plan=grants)
    assert unpacked(packed(report), Summary) == report


def _text(document: object) -> str:
    return b64encode(zlib.compress(json.dumps(document).encode())).decode()


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no base64!",
        b64encode(b"not compressed").decode(),
        b64encode(zlib.compress(b"{}")[:-3]).decode(),
        _text([]),
        _text({"plan": []}),
        _text({"plan": [["DropEverything", {}]], "database": "app", "digest": "0"}),
        _text({"plan": [["DropRole", {"role": 7, "reason": "r"}]], "database": "app", "digest": "0"}),
        packed(EVIDENCE),
    ],
)
def test_a_text_that_is_no_such_report_is_an_error(text: object) -> None:
    with pytest.raises(PackingError, match="not a report that this version"):
        unpacked(text, Summary)


def test_the_role_is_a_value_again() -> None:
    (made,) = (change for change in unpacked(packed(SUMMARY), Summary).plan if isinstance(change, CreateRole))
    assert made.role == ROLE and isinstance(made.role.valid_until, datetime)
