"""Which default privileges a plan takes and gives, in the declared schemas and elsewhere."""

from dataclasses import replace

import pytest

from db_access.plan.changes import Change, GrantDefault, RevokeDefault
from db_access.plan.privileges import Acl, DefaultKey, Kind
from db_access.postgresql.planning import OutOfReach
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import left, planned
from tests.unit.db_access.postgresql.planning.rights import EXECUTE, INSERT, SELECT, wanted
from tests.unit.db_access.postgresql.states import acl

READER = wanted({"access": "read_only"})
TABLES, FUNCTIONS = DefaultKey("owner", "foo", Kind.TABLE), DefaultKey("owner", None, Kind.FUNCTION)
DEFAULTS: list[tuple[str, DefaultKey, Acl | None, Acl, tuple[Change, ...]]] = [
    ("missing", TABLES, None, {}, (GrantDefault(TABLES, (SELECT,), ("u",), reason=""),)),
    ("too much", TABLES, acl(u="SELECT INSERT"), {}, (RevokeDefault(TABLES, (INSERT,), ("u",), reason=""),)),
    (
        "another's and none",
        TABLES,
        acl(v="SELECT"),
        {},
        (
            RevokeDefault(TABLES, (SELECT,), ("v",), reason=""),
            GrantDefault(TABLES, (SELECT,), ("u",), reason=""),
        ),
    ),
    ("PUBLIC's", TABLES, acl(u="SELECT", public="SELECT"), {}, (RevokeDefault(TABLES, (SELECT,), ("",), reason=""),)),
    (
        "to be passed on",
        TABLES,
        acl(u="SELECT"),
        acl(u="SELECT"),
        (RevokeDefault(TABLES, (SELECT,), ("u",), option_only=True, reason=""),),
    ),
    (
        "PUBLIC's EXECUTE, recorded nowhere",
        FUNCTIONS,
        None,
        {},
        (RevokeDefault(FUNCTIONS, (EXECUTE,), ("",), reason=""),),
    ),
    ("taken from PUBLIC already", FUNCTIONS, {}, {}, ()),
    (
        "in a schema that is not declared",
        DefaultKey("owner", "else", Kind.TABLE),
        acl(u="SELECT"),
        {},
        (RevokeDefault(DefaultKey("owner", "else", Kind.TABLE), (SELECT,), ("u",), reason=""),),
    ),
    (
        "of somebody who makes nothing here",
        DefaultKey("stranger", "foo", Kind.TABLE),
        acl(u="SELECT", public="SELECT"),
        {},
        (),
    ),
]


@pytest.mark.parametrize(
    ("key", "held", "options", "plan"), [case[1:] for case in DEFAULTS], ids=[case[0] for case in DEFAULTS]
)
def test_future_objects_give_what_the_spec_says(
    key: DefaultKey, held: Acl | None, options: Acl, plan: tuple[Change, ...]
) -> None:
    current = as_current(READER)
    others = {each: there for each, there in current.defaults.items() if each != key}
    drifted = replace(
        current,
        defaults=others if held is None else {**others, key: held},
        default_options={key: options} if options else {},
    )
    assert planned(READER, drifted) == plan


def test_what_somebody_gives_who_makes_nothing_here_is_left_to_them() -> None:
    theirs = DefaultKey("stranger", "foo", Kind.TABLE)
    current = as_current(READER)
    drifted = replace(current, defaults={**current.defaults, theirs: acl(u="SELECT", public="SELECT")})
    revoke = RevokeDefault(theirs, (SELECT,), ("u",), reason="")
    assert left(READER, drifted) == (OutOfReach(revoke, "stranger"),)


def test_an_open_public_keeps_the_execute_that_is_recorded_nowhere() -> None:
    asked = wanted({"access": "read_only"}, public="open")
    assert FUNCTIONS not in as_current(asked).defaults
    assert planned(asked, as_current(asked)) == ()
