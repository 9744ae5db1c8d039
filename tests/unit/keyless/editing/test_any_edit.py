"""Any edit of any spec, however it is written: the file says what was meant, and every other byte of it stays."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless.editing import users
from keyless.editing.edits import Document, Edit
from keyless.editing.text import SpecText
from tests.properties.grants import some
from tests.properties.names import OBJECTS, PRINTABLE, ROLES, SCHEMAS
from tests.properties.worlds import Names, documents
from tests.unit.keyless.editing.written import Written, written

_DESCRIPTIONS = st.text(
    st.one_of(PRINTABLE, st.sampled_from("\n\t:#'\"{")).filter(lambda letter: letter not in "[]"), max_size=30
)


@dataclass(frozen=True)
class Case:
    written: Written
    kind: str
    index: int | None
    """Of the user that is edited, unless it is new."""
    edits: Callable[[Document], list[Edit]]
    wanted: Document


@st.composite
def cases(draw: st.DrawFn) -> Case:
    roles = draw(st.lists(ROLES, min_size=8, max_size=8, unique_by=str.lower))
    database = draw(OBJECTS.filter(lambda name: name not in {"postgres", "template0", "template1"}))
    schemas = draw(st.lists(SCHEMAS, min_size=1, max_size=2, unique=True))
    names = Names(database, schemas, [], roles[:2], roles[2:4], roles[4:7], table="t")
    document = {"version": 1, **draw(documents(names).filter(_valid))}
    if draw(st.booleans()):
        document["retired"] = [{"username": roles[7]}]
    if not document["users"] and draw(st.booleans()):
        del document["users"]
    text = draw(written(document))
    there = [user["username"] for user in document.get("users", [])]
    kind = draw(st.sampled_from(["create", "alter", "disable", "drop", "retire"] if there else ["create"]))
    fields = draw(_fields(names, document))
    if kind == "create":
        name = roles[7]
        return Case(text, kind, None, lambda d: users.created(d, name, fields), _created(document, name, fields))
    index = draw(st.integers(0, len(there) - 1))
    name = there[index]
    if kind in ("alter", "disable"):
        fields = fields if kind == "alter" else {"enabled": False}
        return Case(text, kind, index, lambda d: users.altered(d, name, fields), _altered(document, index, fields))
    keep = kind == "retire"
    wanted = _dropped(document, index, name, keep_role=keep)
    return Case(text, kind, index, lambda d: users.dropped(d, name, keep_role=keep), wanted)


@st.composite
def _fields(draw: st.DrawFn, names: Names, document: Document) -> dict[str, Any]:
    groups = [group["name"] for group in document["groups"]]
    every = {
        "auth_method": draw(st.sampled_from(["none", "iam", "password"])),
        "connection_limit": draw(st.sampled_from([-1, 0, 7, None])),
        "groups": draw(some([*groups, "pg_monitor"])),
        "databases": draw(some([names.database])),
        "privileges": draw(some(["CONNECT", "CREATE", "TEMPORARY"])),
        "description": draw(_DESCRIPTIONS),
    }
    return {field: every[field] for field in draw(some([*every]))}


def _created(document: Document, name: str, fields: dict[str, Any]) -> Document:
    retired = [each for each in document.get("retired", []) if each["username"] != name]
    return {**document, "users": [*document.get("users", []), {"username": name, **fields}], "retired": retired}


def _altered(document: Document, index: int, fields: dict[str, Any]) -> Document:
    listed = [*document["users"]]
    listed[index] = {**listed[index], **fields}
    return {**document, "users": listed}


def _dropped(document: Document, index: int, name: str, *, keep_role: bool) -> Document:
    listed = [user for at, user in enumerate(document["users"]) if at != index]
    retired = [*document.get("retired", []), *([] if keep_role else [{"username": name, "drop": True}])]
    return {**document, "users": listed, "retired": retired}


def _valid(document: Document) -> bool:
    try:
        AccessSpec.parse(document)
    except SpecError:
        return False
    return True


def _in_order(parts: list[str], text: str) -> bool:
    at = 0
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


@settings(
    deadline=None,
    max_examples=int(os.environ.get("SOAK_ROUNDS", 0)) or 150,
    derandomize="SOAK_ROUNDS" not in os.environ,
    phases=[Phase.generate],  # to find a smaller example takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(case=cases())
def test_the_file_says_what_was_meant_and_every_other_byte_stays(case: Case) -> None:
    path = Path(f"access{case.written.suffix}")
    before = SpecText(case.written.text, path)
    if not _valid(case.wanted):
        try:
            before.after(case.edits(before.document))
        except SpecError as error:
            assert error.what == "the access spec"
            return
        raise AssertionError("a spec that is not valid was written")
    after = before.after(case.edits(before.document))
    assert AccessSpec.parse(SpecText(after.text, path).document) == AccessSpec.parse(case.wanted)
    _holds_what_stays(case, after.text)


def _holds_what_stays(case: Case, text: str) -> None:
    old = case.written
    if old.suffix == ".json":
        assert ("\r\n" in old.text) <= ("\r\n" in text)
        return
    assert _in_order(old.outside(case.index), text)
    assert _in_order(old.comments_outside(case.index), text)
    lone = [line for line in text.split("\n")[:-1] if not line.endswith("\r")]
    assert not lone or "\r\n" not in old.text, "the line ends of the file"
    if case.kind in ("alter", "disable") and case.index is not None:
        start, end = old.users[case.index]
        assert text.startswith(old.text[:start]) and text.endswith(old.text[end:])
    if case.kind == "retire" and old.in_block and len(old.users) > 1 and case.index is not None:
        start, end = old.users[case.index]
        assert text == old.text[:start] + old.text[end:]
    if case.kind == "create" and old.in_block and "retired" not in old.text:
        assert _inserted(old.text, text)


def _inserted(old: str, new: str) -> bool:
    """Whether `new` is `old` with something put into one place."""
    same = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    return new.endswith(old[same:]) and len(new) > len(old)
