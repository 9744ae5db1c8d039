"""A subscription belongs to a database, and PostgreSQL keeps it with what is the cluster's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.approval.cases import MEMBER, SUPERUSER, Case, assert_done, assert_refused
from tests.database.approval.deploying import Function
from tests.database.approval.worlds import prepared
from tests.database.engine import major, run

CASE = Case(
    MEMBER,
    ("ALTER SUBSCRIPTION theirs OWNER TO team",),
    r'now subscription theirs \(\d+\) of "team"$',
    (
        "CREATE SUBSCRIPTION theirs CONNECTION 'host=/nowhere password=SECRET' PUBLICATION p"
        " WITH (connect = false, slot_name = NONE)",
    ),
    SUPERUSER,
)


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """Without the subscription afterwards, which keeps its database from being dropped."""
    if major(database) < 16:
        pytest.skip("a subscription is a superuser's before PostgreSQL 16")
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    yield made
    run(database, SUPERUSER, "DROP SUBSCRIPTION theirs")


def test_a_groups_subscription_is_what_was_approved(function: Function) -> None:
    assert_refused(CASE, function)


def test_an_approval_of_a_groups_subscription_is_carried_out(function: Function) -> None:
    assert_done(CASE, function)


def test_an_approval_has_nothing_of_a_subscriptions_connection(function: Function) -> None:
    run(function.database, SUPERUSER, *CASE.before, *CASE.meanwhile)
    approved = function.approve(MEMBER)
    assert "subscription theirs" in approved.text
    assert "SECRET" not in approved.text
