"""An approval as a file: what it may say, and that the smallest difference is another approval."""

import json
from pathlib import Path
from typing import Any

import pytest

from db_access.errors import ApprovalError, SpecError
from db_access.spec.approved import Approved, now

IDENTITY = {"host": "cluster.abc.eu-west-1.rds.amazonaws.com", "system": "7713466792977628674", "oid": "16400"}
RAW: dict[str, Any] = {
    "version": 1,
    "made": "2026-11-29T05:50:38.866876Z",
    "spec": "0" * 64,
    "databases": [{"database": "app", "identity": IDENTITY, "shared": ["CREATE ROLE x"], "effects": ["GRANT a TO b"]}],
}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    approved = Approved.parse(RAW, "x")
    (file := tmp_path / "dev.json").write_text(approved.text)
    assert Approved.load(file) == approved
    assert Approved.load(file).digest == approved.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"made": "2026-11-29T05:50:38.866877Z"},
        {"spec": "1" * 64},
        {"later": ["DROP ROLE x"]},
        *(
            {"databases": [{**RAW["databases"][0], name: value}]}
            for name, value in {
                "database": "other",
                "identity": {**IDENTITY, "oid": "16401"},
                "shared": [],
                "effects": ["GRANT a TO b", "GRANT a TO c"],
                "about": ["table a"],
                "left": ["only x can"],
                "warnings": ["y"],
            }.items()
        ),
    ],
)
def test_everything_that_it_says_is_in_its_digest(changed: dict[str, Any]) -> None:
    assert Approved.parse({**RAW, **changed}, "x").digest != Approved.parse(RAW, "x").digest


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"made": "yesterday"}, "made: 'yesterday' is no time that has been"),
        ({"made": "2026-99-99T05:50:38.866876Z"}, "made: "),
        ({"made": "9999-12-31T05:50:38.866876Z"}, "made: "),
        ({"made": "٢٠٢٦-11-29T05:50:38.866876Z"}, "made: "),
        ({"made": "2026-11-29T05:50:38.866876Z\n"}, "made: "),
        ({"version": True}, "version: "),
        ({"version": 1.0}, "version: "),
        ({"version": "1"}, "version: "),
        ({"first": "false"}, "first: "),
        ({"first": 0}, "first: "),
        ({"spec": "0"}, "spec: "),
        ({"version": 2}, "version: "),
        ({"approver": "me"}, "approver: "),
        ({"databases": []}, "either `first` or about databases"),
        ({"first": True}, "either `first` or about databases"),
        ({"databases": [{"database": "app"}]}, "databases.0.identity: "),
        ({"databases": RAW["databases"] * 2}, "databases: one is there twice"),
        ({"databases": [{**RAW["databases"][0], "effects": "GRANT a TO b"}]}, "databases.0.effects: "),
    ],
)
def test_what_it_may_not_say_is_refused_with_its_place(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        Approved.parse({**RAW, **changed}, "config/approved/dev.json")
    assert any(problem in each and each.startswith("config/approved/dev.json: ") for each in caught.value.problems)


def test_a_file_that_says_something_twice_is_refused(tmp_path: Path) -> None:
    """As a merge by hand may leave it."""
    (file := tmp_path / "dev.json").write_text(json.dumps(RAW)[:-1] + ', "made": "2030-01-01T00:00:00.000000Z"}')
    with pytest.raises(SpecError, match="key 'made' is given twice"):
        Approved.load(file)


def test_a_version_is_said() -> None:
    with pytest.raises(ApprovalError, match="the approval has 1 problem:\n  - x: version: "):
        Approved.parse({name: value for name, value in RAW.items() if name != "version"}, "x")


def test_an_approval_is_made_after_the_one_that_it_replaces() -> None:
    assert now(after="2026-11-29T05:50:38.866876Z") > "2026-11-29T05:50:38.866876Z"
    assert now(after="9998-12-31T23:59:59.999999Z") == "9999-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("other", "older"),
    [
        ("2026-11-29T05:50:38.866877Z", True),
        ("2026-11-29T05:50:38.866876Z", False),
        ("2026-11-29T05:50:38.866875Z", False),
        ("9", False),
        ("9999-12-31T05:50:38.866877Z", False),
        ("2026-99-99T05:50:38.866877Z", False),
        (None, False),
    ],
)
def test_of_two_approvals_the_one_that_was_made_before_is_older(other: object, older: bool) -> None:
    assert Approved.parse(RAW, "x").older_than({"Made": other}) is older
