"""Whose password a plan would make useless, by any chain of memberships to rds_iam."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pytest

from db_access.plan.changes import AlterRole, Change, CreateRole, GrantRole, LendRole, ReturnRole, RevokeRole
from db_access.postgresql.state import Current, DesiredRole, Membership
from db_access.postgresql.target import Target
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.specs import MASTER, asked_for, spec, user
from tests.unit.db_access.postgresql.states import OURS, with_memberships, with_role

Edge = tuple[str, str]
"""A role and its member."""
WANTED: Final = asked_for(spec(user("u", databases=["app"]), user("p", auth_method="password", databases=["app"])))


def target(*iam_logins: str) -> Target:
    return Target("app", MASTER, OURS, WANTED, iam_logins=frozenset(iam_logins))


def found(*others: Edge, logins: Iterable[str] = (), before_16: bool = False) -> Current:
    """The memberships that the spec gives and no others of ours; `others` are strangers, of whom `logins` log in."""
    return replace(
        as_current(WANTED, membership_options=not before_16),
        memberships=WANTED.memberships,
        other_memberships=frozenset(others),
        logins=frozenset((MASTER, *logins)),
    )


def chains(sentences: Iterable[str]) -> list[str]:
    return [sentence.split(": ")[1].split("; allowed")[0] for sentence in sentences]


STRANGERS: list[tuple[str, Current, list[str]]] = [
    ("nobody else", found(), []),
    ("a member of an IAM user", found(("u", "x"), logins="x"), ["'x' in 'u' in 'rds_iam'"]),
    ("one that can't log in", found(("u", "x")), []),
    ("by a chain", found(("u", "team"), ("team", "x"), logins="x"), ["'x' in 'team' in 'u' in 'rds_iam'"]),
    (
        "by a circle",
        found(("u", "a"), ("a", "b"), ("b", "a"), ("b", "x"), logins="x"),
        ["'x' in 'b' in 'a' in 'u' in 'rds_iam'"],
    ),
    ("a circle that leads nowhere", found(("a", "b"), ("b", "a"), ("b", "x"), logins="x"), []),
    (
        "several, each with its own chain",
        found(("u", "x"), ("x", "y"), ("u", "z"), logins="xyz"),
        ["'x' in 'u' in 'rds_iam'", "'y' in 'x' in 'u' in 'rds_iam'", "'z' in 'u' in 'rds_iam'"],
    ),
    ("the shortest of two chains", found(("u", "a"), ("a", "x"), ("u", "x"), logins="x"), ["'x' in 'u' in 'rds_iam'"]),
    ("somebody's own decision", found(("rds_iam", "x"), logins="x"), []),
    ("somebody's own decision, and by an IAM user too", found(("rds_iam", "x"), ("u", "x"), logins="x"), []),
    ("by another way without the spec's users", found(("rds_iam", "a"), ("a", "x"), logins="x"), []),
    ("a password user of the spec, by a stranger", found(("rds_iam", "a"), ("a", "p")), ["'p' in 'a' in 'rds_iam'"]),
    ("a password user of the spec, by an IAM user", found(("u", "p")), ["'p' in 'u' in 'rds_iam'"]),
    ("the other way round", found(("x", "u"), ("p", "u"), logins="x"), []),
    ("the master", found(("u", MASTER)), ["'master' in 'u' in 'rds_iam'"]),
    (
        "a superuser, whose password works",
        with_role(found(("u", "p")), "p", elevated=frozenset({"SUPERUSER"})),
        [],
    ),
]


@pytest.mark.parametrize(
    ("current", "locked_out"), [case[1:] for case in STRANGERS], ids=[case[0] for case in STRANGERS]
)
def test_a_login_that_reaches_rds_iam_by_accident_is_named_with_its_chain(
    current: Current, locked_out: list[str]
) -> None:
    assert chains(target().lock_outs_now(current)) == locked_out
    assert chains(target().lock_outs((), current)) == locked_out


def test_logins_that_are_iams_on_purpose_are_locked_out_of_nothing() -> None:
    current = found(("u", MASTER), ("u", "x"), logins="x")
    assert chains(target(MASTER).lock_outs((), current)) == ["'x' in 'u' in 'rds_iam'"]
    assert chains(target(MASTER, "x").lock_outs_now(current)) == []


def creating(name: str, *, login: bool = True) -> CreateRole:
    return CreateRole(DesiredRole(name, login=login), reason="")


PLANS: list[tuple[str, tuple[Change, ...], Current, list[str]]] = [
    ("an IAM user is made, from 16 on", (creating("u"),), found(), ["'master' in 'u' in 'rds_iam'"]),
    ("an IAM user is made, before 16", (creating("u"),), found(before_16=True), []),
    ("another role is made", (creating("p"),), found(), []),
    ("a membership is given", (GrantRole("u", "p", reason=""),), found(), ["'p' in 'u' in 'rds_iam'"]),
    ("a membership is taken", (RevokeRole("u", "x", reason=""),), found(("u", "x"), logins="x"), []),
    (
        "only ADMIN is taken",
        (RevokeRole("u", "x", admin_only=True, reason=""),),
        found(("u", "x"), logins="x"),
        ["'x' in 'u' in 'rds_iam'"],
    ),
    (
        "given and taken again",
        (GrantRole("u", "p", reason=""), RevokeRole("u", "p", reason="")),
        found(),
        [],
    ),
    (
        "taken and given again",
        (RevokeRole("u", "p", reason=""), GrantRole("u", "p", reason="")),
        found(),
        ["'p' in 'u' in 'rds_iam'"],
    ),
    (
        "a role is lent and returned",
        (LendRole("u", MASTER, reason=""), ReturnRole("u", MASTER, reason="")),
        found(),
        [],
    ),
    ("a role is lent", (LendRole("u", MASTER, reason=""),), found(), []),
    (
        "a new login is in an IAM user",
        (creating("n"), GrantRole("u", "n", reason="")),
        found(before_16=True),
        ["'n' in 'u' in 'rds_iam'"],
    ),
    (
        "a new role without login is",
        (creating("n", login=False), GrantRole("u", "n", reason="")),
        found(before_16=True),
        [],
    ),
    (
        "a role may log in from now on",
        (AlterRole(DesiredRole("n", login=True), (), reason=""),),
        found(("u", "n")),
        ["'n' in 'u' in 'rds_iam'"],
    ),
    (
        "a role may not any more",
        (AlterRole(DesiredRole("n", login=False), (), reason=""),),
        found(("u", "n"), logins="n"),
        [],
    ),
]


@pytest.mark.parametrize(
    ("plan", "current", "locked_out"), [case[1:] for case in PLANS], ids=[case[0] for case in PLANS]
)
def test_what_a_plan_does_to_memberships_and_logins_counts(
    plan: tuple[Change, ...], current: Current, locked_out: list[str]
) -> None:
    assert chains(target().lock_outs(plan, current)) == locked_out


def test_a_retired_login_is_locked_out_of_nothing_for_the_plan_takes_its_login() -> None:
    current = with_memberships(with_role(found(), "gone", login=True), Membership("u", "gone"))
    assert chains(target().lock_outs_now(current)) == ["'gone' in 'u' in 'rds_iam'"]
    assert chains(target().lock_outs(target().plan(current).changes, current)) == []
