"""Each refusal that docs/client.md lists, and that the client knows, leads to a hop."""

import re
from pathlib import Path

import pytest

from keyless.doctor.examine import HOPS
from keyless.doctor.places import Place
from keyless.doctor.refusals import PLACES, refused
from keyless_client import refusals
from keyless_client.login import Login

LOGIN = Login("db.cluster-abc.eu-west-1.rds.amazonaws.com", 5432, "writer", "app", "eu-west-1")
SECRET = Login(*("db.cluster-abc.eu-west-1.rds.amazonaws.com", 5432, "writer", "app", "eu-west-1"), secret_arn="arn:s")
SECTION = (Path(__file__).parents[4] / "docs" / "client.md").read_text().split("## When it is refused")[1]
LISTED = re.findall(r"^\| `([^`]+)` \|", SECTION.split("\n## ")[0], re.MULTILINE)
ANYWHERE = {
    *("Feature not supported", "the database system is", "terminating connection due to", "definition of service"),
    *(
        "service file",
        "connection is bad: invalid",
        "invalid value for parameter",
        "closed the connection unexpectedly",
    ),
    *("closed unexpectedly", "unexpected eof", "Connection reset by peer"),
}
"""What isn't ready, and libpq's own variables."""


def test_there_is_such_a_list() -> None:
    assert len(LISTED) > 9


@pytest.mark.parametrize("text", LISTED)
def test_each_that_is_listed_leads_to_a_hop(text: str) -> None:
    said = text.replace("…", "").strip()
    found = [refused(said, login, token=login is LOGIN) for login in (LOGIN, SECRET)]
    assert {one.place for one in found} & ({hop.place for hop in HOPS} - {Place.ATTEMPT})
    assert all(one.fix and "{" not in one.fix for one in found)


def test_each_that_the_client_knows_does_or_can_come_anywhere() -> None:
    known = {check.text for check in (*refusals._CHECKS, *refusals._WITH_SECRET)}
    assert PLACES.keys() | ANYWHERE == known
    assert not PLACES.keys() & ANYWHERE


def test_what_nobody_knows_is_the_logins_own() -> None:
    found = refused("something new\nin two lines", LOGIN, token=True)
    assert (found.place, found.said) == (Place.ATTEMPT, "something new in two lines")
    assert "log" in found.fix


def test_a_token_that_is_taken_for_a_password_is_not_a_wrong_password() -> None:
    said = 'password authentication failed for user "writer"'
    assert refused(said, LOGIN, token=True).place is Place.ROLE
    assert refused(said, SECRET, token=False).place is Place.PASSWORD
