"""What ends a prepared transaction, as its owner. Executes nothing."""

from psycopg.sql import SQL, Composed, Identifier, Literal

from db_access.plan.changes import LendRole, ReturnRole
from db_access.postgresql.ddl.roles import role_statement


def roll_back_prepared(gid: str) -> Composed:
    """PostgreSQL takes it only from its owner or a superuser, in its own database and outside a transaction block."""
    return SQL("ROLLBACK PREPARED {}").format(Literal(gid))


def become(role: str) -> Composed:
    return SQL("SET ROLE {}").format(Identifier(role))


def become_unseen(role: str, master: str, through: str) -> list[Composed]:
    """`become` for a master that isn't a member, in one transaction that ends without the membership.

    The membership is in the role itself or in one of its members (`through`).

    So nobody ever sees one: it would make a master that has a password IAM-only, by the role's `rds_iam`. Once it acts
    as the role, a function of its own takes the membership back.
    """
    lend, back = (role_statement(change(through, master, reason="")) for change in (LendRole, ReturnRole))
    return [
        lend,
        SQL("CREATE OR REPLACE FUNCTION pg_temp.give_back() RETURNS void LANGUAGE sql SECURITY DEFINER AS {}").format(
            Literal(back.as_string(None))
        ),
        Composed([SQL("GRANT EXECUTE ON FUNCTION pg_temp.give_back() TO PUBLIC")]),
        become(role),
        Composed([SQL("SELECT pg_temp.give_back()")]),
    ]
