"""Makes by hand the schemas that keep their owners in one of a world's specs."""

from psycopg.sql import SQL, Identifier

from tests.conftest import MASTER, Database
from tests.properties.worlds import World


def make_kept(database: Database, world: World) -> None:
    """They are the master's, or the database's owner's."""
    schemas = [schema for side in (world.here, world.there) for schema in side.databases[0].schemas]
    kept = sorted({schema.name for schema in schemas if schema.named_owner is None} - {"public"})
    with database.connect(MASTER) as connection:
        for number, name in enumerate(kept):
            connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
            if number % 2:
                statement = SQL("ALTER SCHEMA {} OWNER TO pg_database_owner")
                connection.execute(statement.format(Identifier(name)))
