"""A plan says what people lose: a role's name is a digest, and says nothing."""

from db_access.mysql.changes import TakeRole
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import grant, planned, run, spec, user
from tests.mysql.servers import Instance

WRITES = grant("foo", access="read_write")


def test_which_rights_go_with_a_role_is_said_of_everybody_who_loses_it(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(user("a", WRITES), user("b", WRITES), user("c", WRITES)))
    plan = planned(
        instance,
        spec(user("a", grant("foo", access="append_only")), user("b"), user("c", grant("foo", access="read_only"))),
    ).plan
    taken = {who.name: each.reason for each in plan if isinstance(each, TakeRole) for who in each.members}
    assert taken == {
        "a": "not in the spec: DELETE, SELECT, UPDATE on schema foo",
        "b": "not in the spec: DELETE, INSERT, SELECT, UPDATE on schema foo",
        "c": "not in the spec: DELETE, INSERT, UPDATE on schema foo",
    }
