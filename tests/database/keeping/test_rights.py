"""Rights in a schema that keeps its owner, `owner: keep`, are the spec's, whoever owns it."""

import pytest

from tests.conftest import Database
from tests.database.engine import allowed, converge, remove, run
from tests.database.keeping.kept import OWNERS, differs, grant, keeping, made_by_hand, objects, owner


@pytest.mark.parametrize("of", OWNERS)
def test_they_are_given_proven_and_taken_and_cover_what_the_owner_makes_later(database: Database, of: str) -> None:
    maker = made_by_hand(database, OWNERS[of])
    wanted = keeping("kept")
    converge(database, wanted)
    assert (converge(database, wanted).changes, differs(database, wanted)) == (0, [])
    assert allowed(database, "reader", "SELECT * FROM kept.event")
    assert not allowed(database, "reader", "INSERT INTO kept.event DEFAULT VALUES")
    run(database, "rdsadmin", *objects("later", maker))
    assert (converge(database, wanted).changes, differs(database, wanted)) == (0, [])
    assert allowed(database, "reader", "SELECT * FROM kept.later")
    assert not allowed(database, "reader", "SELECT kept.later_of()"), "PUBLIC is locked there, too"
    converge(database, keeping("kept", grants=[]))
    assert not allowed(database, "reader", "SELECT * FROM kept.event")
    assert not allowed(database, "reader", "SELECT * FROM kept.later")
    assert owner(database) == OWNERS[of]


@pytest.mark.parametrize("of", OWNERS)
def test_what_somebody_gave_by_hand_is_seen_and_taken_back(database: Database, of: str) -> None:
    maker = made_by_hand(database, OWNERS[of])
    wanted = keeping("kept")
    converge(database, wanted)
    by_hand = [
        "GRANT INSERT ON kept.event TO reader WITH GRANT OPTION",
        "GRANT CREATE ON SCHEMA kept TO reader",
        "GRANT USAGE ON SEQUENCE kept.event_id_seq TO PUBLIC",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {maker} IN SCHEMA kept GRANT DELETE ON TABLES TO reader",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {maker} IN SCHEMA kept GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
    ]
    for statement in by_hand:
        run(database, "rdsadmin", statement)
        assert differs(database, wanted), statement
        converge(database, wanted)
        assert differs(database, wanted) == [], statement
    assert not allowed(database, "reader", "INSERT INTO kept.event DEFAULT VALUES")
    assert not allowed(database, "reader", "CREATE TABLE kept.mine ()")


@pytest.mark.parametrize("of", OWNERS)
def test_what_the_owner_has_taken_from_itself_is_given_back(database: Database, of: str) -> None:
    """Or neither it nor a run could name anything there."""
    made_by_hand(database, OWNERS[of])
    run(database, "rdsadmin", f"REVOKE ALL ON SCHEMA kept FROM {OWNERS[of]}")
    wanted = keeping("kept")
    converge(database, wanted)
    assert differs(database, wanted) == [] and allowed(database, "reader", "SELECT * FROM kept.event")


@pytest.mark.parametrize("public", ["open", "locked"])
def test_schema_public_is_kept_as_every_new_database_has_it(database: Database, public: str) -> None:
    converge(database, keeping(public=public))
    run(database, "rdsadmin", *objects("event", "master", "public"))
    before = owner(database, "public")
    wanted = keeping("public", public=public, grants=[grant("read_write", "public")])
    converge(database, wanted)
    assert (converge(database, wanted).changes, differs(database, wanted)) == (0, [])
    assert owner(database, "public") == before == "pg_database_owner"
    assert allowed(database, "reader", "UPDATE public.event SET name = 'x'")
    assert allowed(database, "reader", "SELECT public.event_of()") == (public == "open")
    assert not allowed(database, "boss", "SELECT * FROM public.event")


def test_a_user_of_the_spec_may_create_in_it_and_owns_what_it_makes(database: Database) -> None:
    made_by_hand(database, "master")
    wanted = keeping("kept", grants=[grant("read_only", "kept", schema_privileges=["USAGE", "CREATE"])])
    converge(database, wanted)
    run(database, "reader", "CREATE TABLE kept.mine (id int)")
    converge(database, wanted)
    assert differs(database, wanted) == [] and allowed(database, "reader", "DROP TABLE kept.mine")


@pytest.mark.parametrize("of", OWNERS)
def test_a_removal_takes_all_that_was_given_and_leaves_the_schema(database: Database, of: str) -> None:
    made_by_hand(database, OWNERS[of])
    wanted = keeping("kept")
    converge(database, wanted)
    remove(database, wanted)
    held = "SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE grantee = 'reader'::regrole"
    assert run(database, "rdsadmin", held) == [(0,)] and owner(database) == OWNERS[of]
