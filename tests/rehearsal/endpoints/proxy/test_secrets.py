"""RDS Proxy's stand-in with secrets: SCRAM at both ends for users of a secret, IAM or nothing for the rest."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.endpoints.proxy.settings import Credentials, SecretAuth
from tests.conftest import Database
from tests.rehearsal.endpoints.roles import USER, grant
from tests.rehearsal.endpoints.world import KEEPER, PASSWORD, World, running_world

ARN, OTHER = (f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf" for name in ("keeper", "other"))
NO_CREDENTIALS = (
    "FATAL:  This RDS proxy has no credentials for the role {}. Check the credentials for this role and try again."
)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """KEEPER has a password in a secret; nobody may log in to the proxy otherwise."""
    with running_world(database, tmp_path) as running:
        running.secrets[ARN] = Credentials(KEEPER, PASSWORD)
        running.proxy_settings = replace(
            running.proxy_settings,
            iam_by_default=False,
            secrets=(SecretAuth(OTHER, iam=False), SecretAuth(ARN, iam=False)),
        )
        running.secrets[OTHER] = Credentials("somebody", "else")
        yield running


def by_default_iam(world: World) -> None:
    world.proxy_settings = replace(world.proxy_settings, iam_by_default=True)


def refused(world: World, text: str, password: str | None = None, user: str = KEEPER, **more: str) -> str:
    """The reason on record."""
    with pytest.raises(psycopg.OperationalError) as refusal:
        world.enter(world.proxy, password, user, **more)
    assert text in str(refusal.value)
    return world.last_event(world.proxy).reason


@pytest.mark.parametrize("default", [False, True], ids=["by default none", "by default IAM"])
def test_the_secrets_password_logs_in_and_the_secret_is_on_record(world: World, default: bool) -> None:
    world.proxy_settings = replace(world.proxy_settings, iam_by_default=default)
    assert world.enter(world.proxy, PASSWORD, KEEPER) == KEEPER
    assert world.last_event(world.proxy).reason == f"the password of secret {ARN}"


def test_the_client_is_never_asked_for_the_password_itself(world: World) -> None:
    assert world.enter(world.proxy, PASSWORD, KEEPER, require_auth="scram-sha-256") == KEEPER


def test_a_wrong_password_is_refused_in_rds_proxys_words(world: World) -> None:
    refused(world, f"FATAL:  The password that was provided for the role {KEEPER} is wrong.", "wrong")
    assert world.sessions(KEEPER) == 0


def test_a_rotated_secret_counts_at_the_next_login(world: World) -> None:
    with world.database.superuser() as connection:
        connection.execute(SQL("ALTER ROLE {} PASSWORD 'rotated'").format(Identifier(KEEPER)))
    world.secrets[ARN] = Credentials(KEEPER, "rotated")
    assert world.enter(world.proxy, "rotated", KEEPER) == KEEPER
    refused(world, "is wrong", PASSWORD)


def test_a_secret_that_the_database_does_not_agree_with_is_refused_in_the_databases_words(world: World) -> None:
    world.secrets[ARN] = Credentials(KEEPER, "only in the secret")
    reason = refused(world, f'password authentication failed for user "{KEEPER}"', "only in the secret")
    assert reason.startswith("the database refused the proxy's secret")


def test_a_user_without_a_secret_is_refused_unless_iam_is_the_default(world: World) -> None:
    token = world.writer.token(world.proxy)
    reason = refused(world, NO_CREDENTIALS.format(USER), token, USER)
    assert reason == "no secret of the proxy has this username, and its default scheme is not IAM_AUTH"
    by_default_iam(world)
    assert world.enter(world.proxy) == USER


def test_a_secret_that_the_proxys_role_cannot_read_is_none(world: World) -> None:
    del world.secrets[ARN]
    reason = refused(world, NO_CREDENTIALS.format(KEEPER), PASSWORD)
    assert reason == f"AccessDeniedException: {ARN}"


def test_a_secret_that_cannot_be_read_is_no_harm_to_other_users(world: World) -> None:
    del world.secrets[OTHER]
    assert world.enter(world.proxy, PASSWORD, KEEPER) == KEEPER


def test_a_token_is_no_password(world: World) -> None:
    world.writer.resources[:] = [grant(world.proxy, KEEPER)]
    refused(world, "is wrong", world.writer.token(world.proxy, KEEPER))


def test_with_iam_required_the_client_shows_a_token_and_the_proxy_the_password(world: World) -> None:
    world.proxy_settings = replace(world.proxy_settings, secrets=(SecretAuth(ARN, iam=True),))
    refused(world, f"The IAM authentication failed for the role {KEEPER}", PASSWORD)
    refused(world, f"The IAM authentication failed for the role {KEEPER}", world.writer.token(world.proxy, KEEPER))
    world.writer.resources.append(grant(world.proxy, KEEPER))
    assert world.enter(world.proxy, world.writer.token(world.proxy, KEEPER), KEEPER) == KEEPER


def test_a_user_of_a_secret_who_got_into_rds_iam_is_refused_by_the_database(world: World) -> None:
    """Its password is worth nothing there: the lock-out, as it looks through a proxy."""
    with world.database.connect() as master:
        master.execute(SQL("GRANT rds_iam TO {}").format(Identifier(KEEPER)))
    refused(world, f'PAM authentication failed for user "{KEEPER}"', PASSWORD)


@pytest.mark.parametrize("password", ["ü €", "x" * 500, "a'b\"c\\d,e=f"])
def test_any_password_is_proven_at_both_ends(world: World, password: str) -> None:
    with world.database.superuser() as connection:
        verifier = connection.pgconn.encrypt_password(password.encode(), KEEPER.encode(), b"scram-sha-256").decode()
        connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(KEEPER), verifier))
    world.secrets[ARN] = Credentials(KEEPER, password)
    assert world.enter(world.proxy, password, KEEPER) == KEEPER


def test_clear_text_is_refused_before_anything_is_asked(world: World) -> None:
    refused(world, "This RDS Proxy requires TLS connections", PASSWORD, sslmode="disable")


def test_no_password_is_in_what_is_kept() -> None:
    assert "secret" not in repr(Credentials("keeper", "a secret"))
