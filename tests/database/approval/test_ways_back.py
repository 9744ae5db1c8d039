"""CloudFormation takes a failed deploy back by an Update with the properties before it. It never fails for an approval,
and does nothing that wasn't approved."""

import logging
from pathlib import Path

import pytest

from db_access.errors import UnapprovedError
from tests.conftest import Database
from tests.database.approval.deploying import Function
from tests.database.approval.facts import Facts, facts
from tests.database.approval.worlds import BASE, CHANGES, by_hand, prepared

MORE, LESS = CHANGES["a user more"], CHANGES["fewer rights"]


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    return made


def state(function: Function) -> Facts:
    with function.database.superuser() as connection:
        return facts(connection)


def test_after_a_refusal_it_succeeds_and_does_not_do_what_was_refused(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    before, then = function.approve(BASE), function.approve(MORE)
    function.deploy(BASE, before)
    by_hand(function.database, "GRANT DELETE ON bar.audit TO reader")  # neither approval is about it
    start = state(function)
    with pytest.raises(UnapprovedError):
        function.deploy(MORE, then)
    with caplog.at_level(logging.WARNING):
        assert function.deploy(BASE, before)["Changes"] == 0
    assert state(function) == start
    assert 'not approved: REVOKE DELETE ON TABLE "bar"."audit" FROM "reader"' in caplog.text


def test_after_a_deploy_that_was_carried_out_here_and_failed_elsewhere_it_leaves_what_was_approved(
    function: Function,
) -> None:
    before = function.approve(BASE)
    function.deploy(BASE, before)
    function.deploy(MORE, then := function.approve(MORE))
    start = state(function)
    assert function.deploy(BASE, before)["Changes"] == 0
    assert state(function) == start
    assert function.deploy(MORE, then)["Changes"] == 0, "the next deploy goes on from there"


def test_to_an_approval_that_covers_it_it_is_carried_out(function: Function) -> None:
    """Where somebody had the same situation approved before."""
    before = function.approve(LESS)
    function.deploy(BASE, function.approve(BASE))
    assert function.deploy(LESS, before)["Changes"] > 0


def test_to_before_there_were_approvals_it_is_what_it_was_then(function: Function) -> None:
    function.deploy(MORE, function.approve(MORE))
    assert function.deploy(BASE, None)["Changes"] > 0


@pytest.mark.parametrize("approvals_before", [True, False])
def test_a_deploy_with_a_newer_approval_or_the_first_one_is_no_way_back(
    function: Function, approvals_before: bool
) -> None:
    function.deploy(BASE, function.approve(BASE) if approvals_before else None)
    then = function.approve(MORE)
    by_hand(function.database, "GRANT DELETE ON bar.audit TO reader")
    with pytest.raises(UnapprovedError):
        function.deploy(MORE, then)
