"""What is in a schema that keeps its owner, `owner: keep`, stays whose it is; rights on it are the spec's all the same."""

import pytest

from tests.conftest import Database
from tests.database.engine import allowed, converge, run
from tests.database.keeping.kept import differs, keeping, made_by_hand, objects, owner_of, prove

MAKERS = ("boss", "app_owner", "team", "master")


@pytest.mark.parametrize("maker", MAKERS)
def test_it_stays_with_any_role_of_the_spec_and_others_get_their_rights(database: Database, maker: str) -> None:
    made_by_hand(database, "master")
    run(database, "rdsadmin", f"GRANT CREATE, USAGE ON SCHEMA kept TO {maker}", *objects("theirs", maker))
    run(database, "rdsadmin", *(() if maker == "master" else (f"REVOKE ALL ON SCHEMA kept FROM {maker}",)))
    run(database, "rdsadmin", "ALTER FUNCTION kept.theirs_of() SECURITY DEFINER")
    wanted = keeping("kept")
    converge(database, wanted)
    assert (differs(database, wanted), owner_of(database, "kept.theirs")) == ([], maker)
    assert allowed(database, "reader", "SELECT * FROM kept.theirs")
    assert not allowed(database, "reader", "SELECT kept.theirs_of()"), "PUBLIC is locked"


@pytest.mark.parametrize("maker", ["app_owner", "team"])
def test_others_get_rights_on_what_is_not_the_schemas_owners(database: Database, maker: str) -> None:
    """To name it takes USAGE on the schema, which nobody but the schema's owner may have."""
    made_by_hand(database, "boss")
    wanted = keeping("kept")
    converge(database, wanted)
    run(database, "rdsadmin", f"GRANT CREATE, USAGE ON SCHEMA kept TO {maker}", *objects("theirs", maker))
    run(database, "rdsadmin", f"REVOKE ALL ON SCHEMA kept FROM {maker}")
    converge(database, wanted)
    assert differs(database, wanted) == [] and allowed(database, "reader", "SELECT * FROM kept.theirs")


def test_what_a_maker_has_passed_on_is_taken_back(database: Database) -> None:
    made_by_hand(database, "boss")
    wanted = keeping("kept")
    converge(database, wanted)
    run(database, "boss", "GRANT ALL ON kept.event TO reader WITH GRANT OPTION", "GRANT ALL ON SCHEMA kept TO reader")
    run(database, "reader", "GRANT INSERT ON kept.event TO team")
    converge(database, wanted)
    assert differs(database, wanted) == []
    assert not allowed(database, "reader", "INSERT INTO kept.event DEFAULT VALUES")
    held = "SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE relname = 'event' AND grantee = 'team'::regrole"
    assert run(database, "rdsadmin", held) == [(0,)]


def test_what_a_strangers_is_stops_nobody_and_is_told(database: Database) -> None:
    """It is neither the spec's to grant on nor anybody's whom the spec has acknowledged."""
    made_by_hand(database, "master")
    run(database, "rdsadmin", "CREATE ROLE stranger", *objects("theirs", "rdsadmin"))
    run(database, "rdsadmin", "ALTER TABLE kept.theirs OWNER TO stranger")
    wanted = keeping("kept")
    summary = converge(database, wanted)
    assert allowed(database, "reader", "SELECT * FROM kept.event")
    assert not allowed(database, "reader", "SELECT * FROM kept.theirs")
    assert any("as 'stranger' run GRANT SELECT ON TABLE" in sentence for sentence in summary.left), summary.left
    found = prove(database, wanted)
    assert any(
        "'stranger'" in sentence and "ownership of table kept.theirs" in sentence for sentence in found.outsiders
    )
    assert any("'reader' can't SELECT on table kept.theirs" in sentence for sentence in found.violations)


@pytest.mark.parametrize("of", ["boss", "team"])
def test_who_owns_a_kept_schema_is_held_to_the_spec_everywhere_else(database: Database, of: str) -> None:
    """A function that runs with its owner's rights stays where it is, and its owner is not meant to have it."""
    made_by_hand(database, of)
    run(database, "rdsadmin", f"GRANT CREATE, USAGE ON SCHEMA own TO {of}", *objects("theirs", of, "own"))
    run(database, "rdsadmin", f"REVOKE ALL ON SCHEMA own FROM {of}", "ALTER FUNCTION own.theirs_of() SECURITY DEFINER")
    wanted = keeping("kept")
    converge(database, wanted)
    assert (owner_of(database, "own.theirs"), owner_of(database, "kept.event")) == ("app_owner", of)
    found = prove(database, wanted).violations
    (sentence,) = (each for each in found if each.startswith(f"'{of}' can EXECUTE"))
    assert "on function own.theirs_of" in sentence and "through ownership" in sentence


def test_nobody_else_has_what_comes_by_owning(database: Database) -> None:
    made_by_hand(database, "team")
    wanted = keeping("kept")
    converge(database, wanted)
    assert allowed(database, "boss", "DELETE FROM kept.event"), "a member of the owner"
    assert not allowed(database, "reader", "DELETE FROM kept.event")
    run(database, "master", "GRANT team TO reader")
    assert any("'reader' can" in sentence for sentence in prove(database, wanted).violations)
    converge(database, wanted)
    assert not allowed(database, "reader", "DELETE FROM kept.event") and differs(database, wanted) == []
