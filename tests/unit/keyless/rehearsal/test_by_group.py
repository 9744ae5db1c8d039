"""That a user can do more after SET ROLE is said beside its row."""

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.by_group import notes

SPEC = {
    "version": 1,
    "databases": [{"name": "app", "schemas": [{"name": "s", "owner": "o"}]}],
    "groups": [{"name": "g", "grants": [{"database": "app", "schemas": ["s"], "access": "read_only"}]}],
    "users": [
        {"username": "by_set", "groups": [{"name": "g", "inherit": False}]},
        {"username": "inherits", "groups": ["g"]},
        {"username": "neither", "groups": [{"name": "g", "inherit": False, "set": False}]},
    ],
}


def test_only_who_can_set_role_and_does_not_inherit_is_named() -> None:
    (note,) = notes(AccessSpec.parse(SPEC))
    assert note.startswith("by_set can SET ROLE to g, and then what that group may")
