"""What a plan is refused for, before anything runs: every conflict at once, each with its way out."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.privileges import PUBLIC, Kind
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned, refused
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import objects, with_objects, with_role

READER = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none")))


@pytest.mark.parametrize(
    ("managed_by", "adopt", "problem"),
    [
        (None, False, "role 'u' exists and was made by somebody else; allowed: a name that is free or managed by "),
        (None, True, None),
        ("another", False, "role 'u' exists and is managed by 'another'; allowed: a name that is free or managed by "),
        ("another", True, "role 'u' exists and is managed by 'another'; allowed: a name that is free or managed by "),
        ("keyless-aurora", False, None),
        ("keyless-aurora", True, None),
    ],
)
@pytest.mark.parametrize("kind", ["user", "group"])
def test_a_role_of_somebody_else_is_refused_unless_nobody_manages_it_and_the_spec_adopts_it(
    kind: str, managed_by: str | None, adopt: bool, problem: str | None
) -> None:
    asked = asked_for(spec(user("u", adopt=adopt)) if kind == "user" else spec(groups=[group("u", adopt=adopt)]))
    problems = refused(asked, with_role(as_current(asked), "u", managed_by=managed_by))
    assert [each.startswith(problem) for each in problems if problem] == ([True] if problem else [])
    assert bool(problems) is bool(problem)


@pytest.mark.parametrize("adopt", [True, False])
def test_an_owner_that_nobody_manages_is_adopted_by_its_schema_only(adopt: bool) -> None:
    asked = asked_for(spec(schemas=[{"name": "foo", "owner": "owner", "adopt": adopt}]))
    assert bool(refused(asked, with_role(as_current(asked), "owner", managed_by=None))) is not adopt


@pytest.mark.parametrize(
    ("grant", "where"),
    [
        ({"tables": ["SELECT"]}, "each table in schema 'foo'"),
        ({"sequences": ["SELECT"]}, "each sequence in schema 'foo'"),
        ({"key_columns": ["id"]}, "column id of each table in schema 'foo'"),
        ({"tables": ["SELECT"], "only": ["foo.x"]}, "table foo.x"),
    ],
)
@pytest.mark.parametrize(("count", "fits"), [(1000, True), (1001, False)])
def test_more_than_a_thousand_grantees_of_one_table_or_sequence_are_refused(
    grant: dict[str, Any], where: str, count: int, fits: bool
) -> None:
    few = asked_for(spec(user("u", grant, auth_method="none")))
    many = {f"u{number}": few.roles["u"] for number in range(count)}
    as_many = tuple(
        replace(each, acl={**{who: each.acl["u"] for who in many}, PUBLIC: frozenset()}) if "u" in each.acl else each
        for each in few.objects
    )
    problems = refused(replace(few, objects=as_many), as_current(few))
    assert len(problems) == (not fits)
    assert fits or problems[0].startswith(f"{where} would have 1,001 grantees")


@pytest.mark.parametrize(
    ("grant", "where"),
    [({}, "the tables of schema 'foo'"), ({"only": ["foo.t"]}, "table foo.t")],
)
def test_maintain_is_refused_before_17_and_given_from_17_on(grant: dict[str, Any], where: str) -> None:
    asked = asked_for(spec(user("u", {"tables": ["MAINTAIN"], **grant}, auth_method="none")))
    (problem,) = refused(asked, as_current(asked, maintain=False))
    assert problem.startswith(f"MAINTAIN on {where} is given to 'u', and PostgreSQL has it from version 17 on; ")
    assert planned(asked, as_current(asked)) == ()


def test_every_conflict_is_named_at_once() -> None:
    grants: list[dict[str, Any]] = [{"tables": ["MAINTAIN"]}, {"access": "read_only"}]
    groups = [group("g")]
    asked = asked_for(spec(user("u", *grants, auth_method="none", groups=[{"name": "g", "set": False}]), groups=groups))
    current = as_current(asked, membership_options=False, maintain=False)
    current = replace(with_role(current, "u", managed_by="another"), schemas={"foo": "stranger", "bar": "owner"})
    problems = refused(asked, current)
    assert [problem.split(" ", 3)[:3] for problem in problems] == [
        ["role", "'u'", "exists"],
        ["membership", "of", "'u'"],
        ["schema", "'foo'", "belongs"],
        ["MAINTAIN", "on", "the"],
    ]


def test_a_stray_object_of_a_user_is_no_conflict_for_it_moves_first() -> None:
    assert refused(READER, with_objects(as_current(READER), objects(Kind.TABLE, "t", owner="u"))) == ()
