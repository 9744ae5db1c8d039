"""What random worlds have found, each in its smallest form."""

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.oracle.compare import amiss, place_of
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.documents import Names
from tests.mysql.servers import Instance, rows

NAMES = Names(("foo", "FOO"), (), (), (), ("Admin",), ("event", "EVENT"), "n")
INSERTS = {"access": "append_only", "key_columns": ["id", "n"]}


def agrees(instance: Instance, wanted: AccessSpec) -> None:
    run(instance, wanted)
    assert amiss(instance, wanted, place_of(NAMES)) == []
    assert evidence(instance, wanted).holds
    assert planned(instance, wanted).plan == ()


@pytest.mark.parametrize(
    "later", [INSERTS, {"access": "append_only"}, {"tables": ["DELETE"]}], ids=["kept", "taken", "other"]
)
def test_what_is_taken_on_a_table_and_kept_on_its_columns_or_not(instance: Instance, later: dict[str, object]) -> None:
    """REVOKE SELECT on a table takes SELECT on its columns, too; a group's role is changed where it stands."""
    objects.make(instance, NAMES)

    def group(*grants: dict[str, object]) -> AccessSpec:
        return spec(user("u", groups=["g"]), groups=[{"name": "g", "grants": [*grants]}])

    only = {"only": ["foo.event"]}
    agrees(instance, group(grant("foo", **INSERTS, **only), grant("foo", access="read_only", **only)))
    agrees(instance, group(grant("foo", **later, **only)))


def test_a_user_whose_name_is_the_masters_but_for_case(instance: Instance) -> None:
    objects.make(instance, NAMES)
    agrees(instance, spec(user("Admin", grant("foo", access="read_only")), schemas=("foo",)))


@pytest.mark.parametrize("schema", ["foo", "FOO"])
def test_schemas_and_tables_that_differ_only_in_case(instance: Instance, schema: str) -> None:
    objects.make(instance, NAMES)
    keys = grant(schema, **INSERTS)
    only = grant(schema, tables=["DELETE"], only=[f"{schema}.event", f"{schema}.EVENT"])
    agrees(instance, spec(user("u", keys, only), schemas=("foo", "FOO")))


@pytest.mark.parametrize("name", ["'a'", "''"])
def test_a_name_in_quotes_that_the_server_takes_off_is_refused(instance: Instance, name: str) -> None:
    """Whoever logs in as 'a' is a: another user, to whom no policy let it."""
    with pytest.raises(SpecError, match="takes off at a login"):
        run(instance, spec(user(name)))
    run(instance, spec(user("a")))
    with instance.log_in("'a'") as session:
        assert rows(session, "SELECT CURRENT_USER()") == [("a@%",)]


def test_a_group_is_taken_over_from_another_spec_as_users_are(instance: Instance) -> None:
    objects.make(instance, NAMES)
    group = {"name": "g", "grants": [grant("foo", access="read_only")]}
    run(instance, spec(user("u", groups=["g"]), groups=[group], managed_by="orders"))
    agrees(instance, spec(user("u", groups=["g"]), groups=[group], managed_by="billing", take_over=["orders"]))
