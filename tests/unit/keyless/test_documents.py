"""Every field of a spec, found by looking: what differs between two documents is said, even by a plan that names everybody
and shows nothing of it."""

import json
from typing import Any

import pytest

from db_access.plan.changes import CreateRole
from db_access.plan.roles import Role
from db_access.spec import AccessSpec
from db_access.spec.places import Place, place_text
from keyless.access_plan.documents import unmeasured
from tests.unit.db_access.spec.test_every_field import FIELDS

GRANT = {"database": "app", "schemas": ["foo"], "tables": ["SELECT"]}
SCHEMAS = [
    {"name": "foo", "owner": "foo_owner", "creators": ["maker"]},
    {"name": "bar", "owner": "foo_owner", "creators": ["maker"]},
]
BASE: dict[str, Any] = {
    "version": 1,
    "managed_by": "orders",
    "databases": [{"name": "app", "schemas": SCHEMAS}, {"name": "second", "schemas": SCHEMAS}],
    "owners": [{"name": "foo_owner", "groups": [{"name": "readers"}], "grants": [GRANT]}],
    "groups": [
        {"name": "readers", "groups": [{"name": "pg_monitor"}], "grants": [GRANT]},
        {"name": "others"},
        {"name": "helpers"},
    ],
    "users": [
        {
            "username": "writer",
            "groups": [{"name": "readers"}],
            "may_have": [{"group": "helpers", "at_most": "1h"}],
            "settings": {"jit": "off"},
            "grants": [GRANT],
        }
    ],
    "retired": [{"username": "leaver"}],
    "acknowledged": [{"username": "dba", "reason": "on call"}],
}
SECRET = "arn:aws:secretsmanager:eu-west-1:999999999999:secret:evil-AbCdEf"
IAM_ROLE = "arn:aws:iam::999999999999:role/evil"
RENAMED: dict[str, str] = {
    "databases.name": "app",
    "databases.schemas.name": "foo",
    "databases.schemas.owner": "foo_owner",
    "owners.name": "foo_owner",
    "groups.name": "readers",
    "users.username": "writer",
    "retired.username": "leaver",
    "acknowledged.username": "dba",
}
"""Fields whose value others name: changed wherever it is."""
VALUES: dict[str, Any] = {
    "managed_by": "others",
    "take_over": ["oldest"],
    "databases": [*BASE["databases"], {"name": "third"}],
    "owners": [*BASE["owners"], {"name": "maker", "databases": ["second"], "privileges": ["TEMPORARY"]}],
    "groups": [*BASE["groups"], {"name": "new"}],
    "users": [*BASE["users"], {"username": "new"}],
    "additive": True,
    "retired": [*BASE["retired"], {"username": "older", "drop": True}],
    "acknowledged": [*BASE["acknowledged"], {"username": "backdoor", "reason": "reports"}],
    "databases.schemas": [*SCHEMAS, {"name": "baz", "owner": "foo_owner"}],
    "databases.public": "open",
    "databases.grants": "through_groups",
    "databases.schemas.creators": ["maker", "second_maker"],
    "databases.schemas.adopt": True,
    "retired.drop": True,
    "acknowledged.reason": "reports",
    "users.auth_method": "none",
    "users.password": "hunter2",
    "users.password_secret": SECRET,
    "users.valid_until": "2030-01-01T00:00:00Z",
    "users.iam_role": IAM_ROLE,
    "users.can_login": False,
    "users.enabled": False,
    "users.connection_limit": -1,
    "users.settings": {"jit": "on"},
    "users.may_have": [{"group": "helpers", "at_most": "1h"}, {"group": "others", "at_most": "2h"}],
    "users.may_have.group": "others",
    "users.may_have.at_most": "2h",
    "*.adopt": True,
    "*.description": "changed",
    "*.groups": [{"name": "pg_read_all_stats"}],
    "*.databases": ["second"],
    "*.privileges": ["TEMPORARY"],
    "*.grants": [{**GRANT, "tables": ["INSERT"]}],
    "*.groups.name": "pg_read_all_stats",
    "*.groups.inherit": False,
    "*.groups.set": False,
    "*.groups.admin": True,
    "*.grants.database": "second",
    "*.grants.schemas": ["bar"],
    "*.grants.access": "read_only",
    "*.grants.key_columns": ["id"],
    "*.grants.only": ["foo.t"],
    "*.grants.tables": ["UPDATE"],
    "*.grants.sequences": ["SELECT"],
    "*.grants.functions": ["EXECUTE"],
    "*.grants.types": ["USAGE"],
    "*.grants.schema_privileges": ["USAGE", "CREATE"],
    "*.grants.database_privileges": ["CREATE"],
}
BEFORE: dict[str, dict[str, Any]] = {
    "*.grants.key_columns": {"tables": [], "access": "write_only"},
    "*.groups.admin": {"name": "others"},
    "users.password_secret": {"auth_method": "password", "password_secret": SECRET.replace("9", "1")},
    "users.valid_until": {"auth_method": "password", "password_secret": SECRET},
}
"""What the base has beside it."""
BESIDE: dict[str, dict[str, Any]] = {"*.grants.access": {"tables": []}}
"""What the proposed spec has beside it."""
PROSE = {"description", "reason"}
BY_STATEMENTS = {
    *("databases", "owners", "groups", "users", "databases.schemas", "databases.schemas.creators"),
    *("users.can_login", "users.enabled", "users.settings", *RENAMED),
    *(key for key in VALUES if key.startswith("*.") and key not in ("*.adopt", "*.description")),
} - {"retired.username", "acknowledged.username", "users.username"}
"""What the test on a server sees a statement for; a user's other name is shown by what it may have for a while, too."""


def key(place: Place, field: str) -> str:
    """`users.iam_role`, `*.grants.only`: the field, whichever item has it."""
    exact = ".".join([*(str(step) for step in place if isinstance(step, str)), field])
    return exact if exact in VALUES or exact in RENAMED else f"*.{exact.partition('.')[2]}"


def changed(place: Place, field: str) -> tuple[AccessSpec, AccessSpec]:
    """The base and the proposed spec, which differ in that field."""
    name = key(place, field)
    before = json.loads(json.dumps(BASE))
    _inner(before, place).update(BEFORE.get(name, {}))
    if name in RENAMED:
        after = json.loads(json.dumps(before).replace(f'"{RENAMED[name]}"', f'"{RENAMED[name]}_2"'))
    else:
        after = json.loads(json.dumps(before))
        _inner(after, place).update({**BESIDE.get(name, {}), field: VALUES[name]})
    return AccessSpec.parse(before), AccessSpec.parse(after)


def _inner(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


CHANGED = [(place, field) for place, field in FIELDS if field != "version"]
"""`version` has one value."""
each_field = pytest.mark.parametrize(
    ("place", "field"), CHANGED, ids=[place_text(place, field) for place, field in CHANGED]
)


@each_field
def test_every_field_that_differs_is_said_where_no_statement_shows_it(place: Place, field: str) -> None:
    before, after = changed(place, field)
    lines = unmeasured(before, after, [])
    assert bool(lines) == (field not in PROSE), lines


@each_field
def test_no_statement_hides_a_field_that_a_server_cant_show(place: Place, field: str) -> None:
    """However many statements name everybody."""
    before, after = changed(place, field)
    everybody = {text for text in json.dumps(after.as_properties()).split('"')}
    everybody |= {text for text in json.dumps(before.as_properties()).split('"')}
    plan = tuple(CreateRole(Role(name), reason="") for name in everybody)
    said = "\n".join(line.what for line in unmeasured(before, after, [plan]))
    assert bool(said) == (field not in PROSE and key(place, field) not in BY_STATEMENTS), said


def test_a_spec_that_is_all_new_is_compared_too() -> None:
    lines = unmeasured(None, AccessSpec.parse({**BASE, "additive": True}), [])
    assert {"additive: true", "acknowledged[dba]", "retired[leaver]"} <= {line.what for line in lines}


def test_a_manager_that_is_said_where_the_stacks_gave_one_is_said() -> None:
    base = {"databases": [{"name": "app"}]}
    lines = unmeasured(AccessSpec.parse(base), AccessSpec.parse({**base, "managed_by": "keyless-aurora"}), [])
    assert [line.what for line in lines] == ['managed_by: "keyless-aurora"']


def test_letters_that_look_like_others_are_named() -> None:
    user = {"username": "l\u0430mbda_writer", "auth_method": "none"}
    after = AccessSpec.parse({**BASE, "users": [*BASE["users"], user]})
    plan = (CreateRole(Role("l\u0430mbda_writer"), reason=""),)
    said = [line.what for line in unmeasured(AccessSpec.parse(BASE), after, [plan])]
    assert any("has U+0430 CYRILLIC SMALL LETTER A" in line for line in said), said


def test_a_password_is_not_shown() -> None:
    users = [{**BASE["users"][0], "password": "hunter2"}]
    said = unmeasured(AccessSpec.parse(BASE), AccessSpec.parse({**BASE, "users": users}), [])
    assert [line.what for line in said] == ["users[writer].password: (not shown)"]


def test_a_second_entry_of_the_same_name_does_not_hide_the_first() -> None:
    twice = [{"username": "leaver"}, {"username": "leaver", "drop": True}]
    said = unmeasured(AccessSpec.parse(BASE), AccessSpec.parse({**BASE, "retired": twice}), [])
    assert any("drop: true" in line.what for line in said)
    twin = {**BASE, "retired": [*BASE["retired"], *BASE["retired"]]}
    assert unmeasured(AccessSpec.parse(BASE), AccessSpec.parse(twin), [])


@pytest.mark.parametrize(("limit", "shows"), [(50, False), (-1, True)])
def test_a_new_users_lack_of_a_limit_is_said_and_a_limit_is_in_its_statement(limit: int, shows: bool) -> None:
    users = [*BASE["users"], {"username": "new", "connection_limit": limit}]
    plan = (CreateRole(Role("new"), reason=""),)
    lines = unmeasured(AccessSpec.parse(BASE), AccessSpec.parse({**BASE, "users": users}), [plan])
    assert [line.what for line in lines] == ([f"users[new].connection_limit: {limit}"] if shows else [])


def test_free_text_of_a_statement_is_nobodys_name() -> None:
    after = AccessSpec.parse({**BASE, "users": [*BASE["users"], {"username": "ghost"}]})
    plan = (CreateRole(Role("writer", description="ghost"), reason="ghost"),)
    assert [line.what for line in unmeasured(AccessSpec.parse(BASE), after, [plan])] == ["users[ghost]"]
