"""What a maker of tables does to those that it no longer owns, by others that are tied to them and still its own.

Tried by doing: the maker's code says as whom it runs.
"""

import pytest

from tests.conftest import Database
from tests.database.engine import allowed, converge, make_tables, run, spec, with_user

MAKES = [{"database": "app", "schemas": ["foo"], "access": "read_write", "schema_privileges": ["USAGE", "CREATE"]}]
MAKER = with_user(username="maker", privileges=["CONNECT", "CREATE"], grants=MAKES)

TELLS = "LANGUAGE plpgsql AS $$BEGIN INSERT INTO mk.told VALUES (current_user); {} END$$"
TRIGGER = "CREATE TRIGGER t BEFORE UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION mk.trap()"
TELLING = (
    "CREATE SCHEMA mk",
    "GRANT USAGE ON SCHEMA mk TO PUBLIC",
    "CREATE TABLE mk.told (who text)",
    "GRANT INSERT ON mk.told TO PUBLIC",
    f"CREATE FUNCTION mk.tell() RETURNS int {TELLS.format('RETURN 1;')}",
    "CREATE FUNCTION mk.told(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN mk.tell(); END'",
    f"CREATE FUNCTION mk.trap() RETURNS trigger {TELLS.format('RETURN OLD;')}",
    "CREATE TYPE mk.mood AS ENUM ('a')",
    "CREATE FUNCTION mk.number(mk.mood) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN mk.tell(); END'",
    "CREATE CAST (mk.mood AS int) WITH FUNCTION mk.number(mk.mood) AS IMPLICIT",
    "CREATE FUNCTION mk.big(mk.mood) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN mk.tell(); END'",
)
WAYS = {
    "an index of the whole, which its partition gets too": (
        [
            "CREATE TABLE mk.whole (id int) PARTITION BY LIST (id)",
            "CREATE TABLE foo.part PARTITION OF mk.whole DEFAULT",
            "INSERT INTO mk.whole VALUES (1)",
        ],
        ["CREATE INDEX ON mk.whole (mk.told(id))"],
    ),
    "a foreign key of the whole, whose actions then run on what was its partition": (
        [
            "CREATE TABLE mk.head (id int PRIMARY KEY)",
            "INSERT INTO mk.head VALUES (1)",
            "CREATE TABLE mk.whole (id int) PARTITION BY LIST (id)",
            "CREATE TABLE foo.part PARTITION OF mk.whole DEFAULT",
            "ALTER TABLE foo.part ADD CHECK (mk.told(id) > 0)",
            "INSERT INTO mk.whole VALUES (1)",
        ],
        [
            "ALTER TABLE mk.whole ADD FOREIGN KEY (id) REFERENCES mk.head ON UPDATE CASCADE",
            "ALTER TABLE mk.whole DETACH PARTITION foo.part",
            "UPDATE mk.head SET id = 2",
        ],
    ),
    "a trigger on a partition, which the whole's foreign key sets off": (
        [
            "CREATE TABLE mk.head (id int PRIMARY KEY)",
            "INSERT INTO mk.head VALUES (1)",
            "CREATE TABLE foo.whole (id int REFERENCES mk.head ON DELETE CASCADE) PARTITION BY LIST (id)",
            "CREATE TABLE mk.part PARTITION OF foo.whole DEFAULT",
            "INSERT INTO foo.whole VALUES (1)",
        ],
        [TRIGGER.format("mk.part"), "DELETE FROM mk.head"],
    ),
    "a cast, by which a foreign key's check compares": (
        [
            "CREATE TABLE foo.head (id int PRIMARY KEY)",
            "INSERT INTO foo.head VALUES (1)",
            "CREATE TABLE mk.tail (m mk.mood REFERENCES foo.head)",
        ],
        ["INSERT INTO mk.tail VALUES ('a')"],
    ),
    "a cast in a foreign key between two tables that change hands": (
        [
            "CREATE TABLE foo.head (id int PRIMARY KEY)",
            "INSERT INTO foo.head VALUES (1)",
            "CREATE TABLE foo.tail (m mk.mood REFERENCES foo.head ON DELETE CASCADE)",
        ],
        ["INSERT INTO foo.tail VALUES ('a')", "DELETE FROM foo.head"],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_is_the_makers_runs_as_the_schemas_owner(database: Database, way: str) -> None:
    made, then = WAYS[way]
    converge(database, MAKER)
    make_tables(database)
    run(database, "maker", *TELLING, *made)
    converge(database, MAKER)
    for statement in then:
        allowed(database, "maker", statement)
    assert set(run(database, "maker", "SELECT who FROM mk.told")) <= {("maker",)}
    assert converge(database, MAKER).changes == 0


def test_references_is_as_good_as_the_owners_rights_as_the_docs_say(database: Database) -> None:
    converge(database, MAKER)
    make_tables(database)
    run(database, "migrator", "INSERT INTO foo.event VALUES (1)")
    run(database, "rdsadmin", "GRANT REFERENCES ON foo.event TO maker")
    run(database, "maker", *TELLING, "CREATE CAST (mk.mood AS bigint) WITH FUNCTION mk.big(mk.mood) AS IMPLICIT")
    run(database, "maker", "CREATE TABLE mk.tail (m mk.mood REFERENCES foo.event)", "INSERT INTO mk.tail VALUES ('a')")
    assert ("app_owner",) in run(database, "maker", "SELECT who FROM mk.told")


def test_a_table_of_another_that_makes_objects_there_holds_it_back(database: Database) -> None:
    """Who makes objects in the schema keeps them, and could do to this one what its maker could."""
    properties = MAKER.as_properties()
    foo, *others = properties["databases"][0]["schemas"]
    databases = [{**properties["databases"][0], "schemas": [{**foo, "creators": ["deployer"]}, *others]}]
    creates = [{"database": "app", "schemas": ["foo"], "schema_privileges": ["USAGE", "CREATE"]}]
    wanted = spec(databases=databases, owners=[{"name": "deployer", "grants": creates}], users=properties["users"])
    converge(database, wanted)
    run(database, "maker", "CREATE TABLE foo.part (id int)")
    run(
        database,
        "rdsadmin",
        "CREATE TABLE foo.whole (id int) PARTITION BY LIST (id)",
        "ALTER TABLE foo.whole OWNER TO deployer",
        "ALTER TABLE foo.whole ATTACH PARTITION foo.part DEFAULT",
    )
    done = converge(database, wanted)
    assert any("foo.part" in each and "is a parent, child or partition" in each for each in done.warnings)


def test_a_table_of_the_schemas_owner_does_not(database: Database) -> None:
    converge(database, MAKER)
    make_tables(database)
    run(database, "rdsadmin", "GRANT REFERENCES ON foo.event TO maker")
    run(database, "maker", "CREATE TABLE foo.tail (id bigint REFERENCES foo.event)")
    converge(database, MAKER)
    owner = "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'tail'"
    assert run(database, "rdsadmin", owner) == [("app_owner",)]
