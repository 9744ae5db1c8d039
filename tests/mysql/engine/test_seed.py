"""The account that the SQL of many a tutorial makes, from a spec: the same account, with the same rights."""

from tests.mysql.engine.specs import evidence, grant, run, spec, user
from tests.mysql.servers import Instance, rows

APP_USER = spec(
    user("app_user", grant("rds_app_db", access="read_write", schema_privileges=["USAGE", "CREATE"])),
    schemas=("rds_app_db",),
)
VERIFY = "SELECT User, Host, plugin, ssl_type FROM mysql.user WHERE User = 'app_user'"


def test_its_own_query_shows_the_account(instance: Instance) -> None:
    run(instance, APP_USER)
    with instance.superuser() as root:
        assert rows(root, VERIFY) == [("app_user", "%", "AWSAuthenticationPlugin", "ANY")]


def test_it_has_the_rights_of_the_grant_and_no_other(instance: Instance) -> None:
    """GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON rds_app_db.* TO app_user."""
    run(instance, APP_USER)
    with instance.log_in("app_user") as session:
        rows(session, "CREATE TABLE rds_app_db.event (id INT PRIMARY KEY)")
        where = (
            "`rds\\_app\\_db`.*" if instance.is_mariadb else "`rds_app_db`.*"
        )  # with partial_revokes nothing is a pattern
        assert _rights(session) == [("SELECT, INSERT, UPDATE, DELETE, CREATE", where)]
    assert evidence(instance, APP_USER).holds


def _rights(session: object) -> list[tuple[str, str]]:
    found = []
    for (line,) in rows(session, "SHOW GRANTS"):
        what, _, rest = line.removeprefix("GRANT ").partition(" ON ")
        where = rest.partition(" TO ")[0]
        if rest and not what.startswith("USAGE"):
            found.append((what, where))
    return found
