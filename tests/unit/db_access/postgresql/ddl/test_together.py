"""How the statements of many changes are put together: memberships of one role in one, new roles in portions."""

import re
from itertools import chain
from typing import cast

import pytest
from psycopg.sql import Composed

from db_access.plan.changes import (
    AlterRole,
    Change,
    Configure,
    CreateRole,
    DescribeRole,
    DropRole,
    GrantRole,
    RevokeRole,
    SetPassword,
)
from db_access.plan.roles import Role
from db_access.postgresql import ddl
from db_access.postgresql.ddl.portions import MANY, in_portions, split

HELPER = re.compile(r'"keyless-aurora~[0-9a-f]{16}"')


def put(*changes: Change, administering: bool = True) -> list[tuple[str, tuple[Change, ...]]]:
    return [shown(*step) for step in ddl.together(changes, administering=administering)]


def shown(query: Composed | None, done: tuple[Change, ...]) -> tuple[str, tuple[Change, ...]]:
    """With a change's own statement, where the step is no other."""
    (own,) = done if query is None else (None,)
    return (ddl.statement(own) if own else cast("Composed", query)).as_string(None), done


def joins(*members: str, role: str = "g", inherit: bool | None = None, admin: bool = False) -> list[GrantRole]:
    return [GrantRole(role, member, inherit, admin=admin, reason="") for member in members]


def test_the_same_membership_of_several_is_one_statement_that_carries_all_of_them_out() -> None:
    changes = joins("a", "b", "c")
    assert put(*changes) == [('GRANT "g" TO "a", "b", "c"', tuple(changes))]


def test_memberships_of_other_roles_or_with_other_options_have_statements_of_their_own() -> None:
    changes = [*joins("a"), *joins("b", role="h"), *joins("c", inherit=False), *joins("d", admin=True), *joins("e")]
    assert [text for text, _ in put(*changes)] == [
        'GRANT "g" TO "a"',
        'GRANT "h" TO "b"',
        'GRANT "g" TO "c" WITH INHERIT FALSE',
        'GRANT "g" TO "d" WITH ADMIN OPTION',
        'GRANT "g" TO "e"',
    ]


def test_set_is_an_option_too() -> None:
    plain, unset = GrantRole("g", "a", reason=""), GrantRole("g", "b", set=False, reason="")
    assert [text for text, _ in put(plain, unset)] == ['GRANT "g" TO "a"', 'GRANT "g" TO "b" WITH SET FALSE']


def test_a_change_between_memberships_keeps_its_place() -> None:
    revoke = RevokeRole("g", "x", reason="")
    assert [text for text, _ in put(*joins("a", "b"), revoke, revoke, *joins("c"))] == [
        'GRANT "g" TO "a", "b"',
        'REVOKE "g" FROM "x"',
        'REVOKE "g" FROM "x"',
        'GRANT "g" TO "c"',
    ]


def many(count: int) -> list[Change]:
    """What a plan makes of new users: all roles, all comments, all passwords; then what is about others too."""
    roles = [Role(f"u{number}", managed_by="m") for number in range(count)]
    return [
        *(CreateRole(role, reason="") for role in roles),
        DescribeRole(Role("old", managed_by="m"), reason=""),
        *(DescribeRole(role, reason="") for role in roles),
        *(SetPassword(role.name, "1", reason="") for role in roles),
        *joins(*(role.name for role in roles)),
        *(Configure(role.name, "work_mem", ("4MB",), reason="") for role in roles),
        Configure("old", "work_mem", ("4MB",), reason=""),
        AlterRole(Role("old"), (), reason=""),
        DropRole("gone", reason=""),
    ]


@pytest.mark.parametrize(("count", "administering"), [(MANY - 1, True), (MANY, False)])
def test_few_new_roles_or_a_server_that_makes_nobody_administer_them_need_no_portions(
    count: int, administering: bool
) -> None:
    found = put(*many(count), administering=administering)
    assert not any(HELPER.search(text) for text, _ in found)
    assert list(chain.from_iterable(done for _, done in found)) == many(count)


def test_a_thousand_new_roles_come_in_portions_each_with_a_helper_of_its_own() -> None:
    portions = list(in_portions(split(many(1200))[0]))
    texts = [shown(*step)[0] for step in portions]
    starts = [n for n, text in enumerate(texts) if text.endswith(" CREATEROLE")]
    helpers = [cast("re.Match[str]", HELPER.search(texts[start]))[0] for start in starts]
    assert len(set(helpers)) == 3
    for start, end, helper, size in zip(starts, [*starts[1:], len(texts)], helpers, (500, 500, 200), strict=True):
        about = texts[start:end]
        made, rest = about[2 : 2 + size], about[2 + size :]
        assert about[:2] == [
            f"CREATE ROLE {helper} CREATEROLE",
            f"GRANT {helper} TO SESSION_USER WITH INHERIT FALSE, SET TRUE",
        ]
        assert all(re.fullmatch(rf'CREATE ROLE "u\d+" .* ADMIN {helper}', text) for text in made)
        assert (rest[0], *rest[-2:]) == (f"SET LOCAL ROLE {helper}", "SET LOCAL ROLE NONE", f"DROP ROLE {helper}")
        assert len(rest) == 3 + 3 * size
        assert all(re.match(r'(COMMENT ON|ALTER) ROLE "u\d+"', text) for text in rest[1:-2])


def test_in_portions_every_change_is_carried_out_once_and_those_of_one_role_in_their_order() -> None:
    changes = many(MANY)
    done = list(chain.from_iterable(done for _, done in put(*changes)))
    assert len(done) == len(changes)
    assert set(map(repr, done)) == set(map(repr, changes))
    assert [change for change in done if "'u7'" in repr(change)] == [c for c in changes if "'u7'" in repr(c)][:3] + [
        c for c in changes if "'u7'" in repr(c) and isinstance(c, Configure)
    ] + [c for c in changes if "'u7'" in repr(c) and isinstance(c, GrantRole)]


def test_what_is_not_about_a_new_role_alone_comes_after_the_portions_in_its_order() -> None:
    rest = [
        change
        for change in many(MANY)
        if isinstance(change, AlterRole | DropRole | GrantRole) or "'old'" in repr(change)
    ]
    assert split(many(MANY))[1] == rest
    found = put(*many(MANY))
    assert [done for _, done in found[-5:]] == [
        (rest[0],),
        tuple(rest[1 : 1 + MANY]),
        *((each,) for each in rest[1 + MANY :]),
    ]
