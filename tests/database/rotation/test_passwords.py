"""Password users: the password comes from Secrets Manager, reaches PostgreSQL as a SCRAM verifier, and is shown
nowhere."""

import json
import logging
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import psycopg
import pytest

from db_access.errors import SecretError
from db_access.plan import render
from db_access.postgresql import apply, ddl, reconcile
from db_access.secrets import Secret, from_secrets_manager, passwords_of
from db_access.secrets.reading import version_of
from db_access.spec import AccessSpec
from keyless.rehearsal.emulator.cloud import Cloud
from tests.conftest import Database
from tests.database.engine import connect_as_master, converge, fingerprint, run, spec, with_user

FIRST, SECOND = "fïrst pass'word", 'second"pass\\word'
PASSWORDS = (FIRST, SECOND)


@pytest.fixture(scope="module")
def secrets_manager() -> Iterator[Any]:
    with Cloud() as cloud:
        yield cloud.client("secretsmanager")


@pytest.fixture
def secret(secrets_manager: Any) -> Iterator[str]:
    """The ARN of a secret with the first password."""
    arn = secrets_manager.create_secret(Name="keyless/report", SecretString=FIRST)["ARN"]
    yield arn
    secrets_manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@pytest.fixture
def run_with(database: Database, secrets_manager: Any) -> Any:
    return partial(converge, database, read_secret=partial(from_secrets_manager, client=secrets_manager))


def reporter(**fields: Any) -> AccessSpec:
    return with_user(**{"username": "report", "auth_method": "password", "databases": ["app"], **fields})


def logs_in(database: Database, password: str) -> bool:
    """Over TLS and TCP, where the server asks for the password."""
    try:
        psycopg.connect(
            host="127.0.0.1",
            port=database.server.port,
            user="report",
            password=password,
            dbname="app",
            sslmode="require",
        ).close()
    except psycopg.OperationalError as error:
        assert "password authentication failed" in str(error), error
        return False
    return True


def stored(database: Database) -> str | None:
    ((password,),) = run(database, "rdsadmin", "SELECT rolpassword FROM pg_authid WHERE rolname = 'report'")
    return None if password is None else str(password)


def test_the_user_logs_in_with_the_secrets_password_and_is_not_iams(
    database: Database, run_with: Any, secret: str
) -> None:
    run_with(reporter(password_secret=secret))
    assert logs_in(database, FIRST) and not logs_in(database, SECOND)
    assert str(stored(database)).startswith("SCRAM-SHA-256$4096:")
    assert run(database, "rdsadmin", "SELECT pg_has_role('report', 'rds_iam', 'MEMBER')") == [(False,)]


def test_a_second_run_reads_the_secret_and_writes_nothing(database: Database, run_with: Any, secret: str) -> None:
    run_with(reporter(password_secret=secret))
    before = stored(database)
    assert run_with(reporter(password_secret=secret)).changes == 0
    assert stored(database) == before


def test_rotating_the_secret_and_running_again_changes_the_password(
    database: Database, run_with: Any, secret: str, secrets_manager: Any
) -> None:
    run_with(reporter(password_secret=secret))
    secrets_manager.put_secret_value(
        SecretId=secret, SecretString=json.dumps({"username": "report", "password": SECOND})
    )
    assert run_with(reporter(password_secret=secret)).changes == 2
    assert logs_in(database, SECOND) and not logs_in(database, FIRST)
    assert run_with(reporter(password_secret=secret)).changes == 0


@pytest.mark.parametrize("fields", [{"auth_method": "iam"}, {"auth_method": "none"}])
def test_a_user_that_is_no_longer_a_password_user_keeps_none(
    database: Database, run_with: Any, secret: str, fields: dict[str, Any]
) -> None:
    run_with(reporter(password_secret=secret))
    run_with(reporter(**fields))
    assert stored(database) is None
    assert run_with(reporter(**fields)).changes == 0


def test_a_run_that_does_not_know_the_secret_leaves_password_and_mark_alone(
    database: Database, run_with: Any, secret: str
) -> None:
    """The command line beside a stack that has made the secret: as before, without a change, and the next run that
    knows it has nothing to do."""
    run_with(reporter(password_secret=secret))
    assert run_with(reporter()).changes == 0
    assert run_with(reporter(description="renamed")).changes == 1
    assert logs_in(database, FIRST)
    assert run_with(reporter(password_secret=secret, description="renamed")).changes == 0


def test_a_run_beside_which_the_secret_is_rotated_ends_with_the_new_password(
    database: Database, secret: str, secrets_manager: Any
) -> None:
    """As if a rotation of the user, which another database's lock doesn't keep away, ended between the reading and the
    COMMIT."""
    read: list[Any] = []

    def rotated_after_the_first_reading(arn: str) -> Any:
        read.append(from_secrets_manager(arn, client=secrets_manager))
        if len(read) == 1:
            secrets_manager.put_secret_value(SecretId=arn, SecretString=SECOND)
        return read[-1]

    converge(database, reporter(password_secret=secret), read_secret=rotated_after_the_first_reading)
    assert logs_in(database, SECOND)
    assert (
        converge(database, reporter(password_secret=secret), read_secret=rotated_after_the_first_reading).changes == 0
    )


def test_a_retired_user_keeps_no_password(database: Database, run_with: Any, secret: str) -> None:
    run_with(reporter(password_secret=secret))
    run_with(spec())
    assert stored(database) is None


def test_a_password_that_somebody_set_by_hand_ends_when_the_user_becomes_iams(
    database: Database, run_with: Any
) -> None:
    run_with(reporter(auth_method="none"))
    run(database, "master", "ALTER ROLE report PASSWORD 'by hand'")
    run_with(reporter(auth_method="iam"))
    assert stored(database) is None


def test_a_user_that_was_iams_leaves_rds_iam_and_gets_its_password(
    database: Database, run_with: Any, secret: str
) -> None:
    run_with(reporter(auth_method="iam"))
    run_with(reporter(password_secret=secret))
    assert logs_in(database, FIRST)


def test_nothing_shows_the_password_or_the_verifier(
    database: Database, run_with: Any, secret: str, secrets_manager: Any, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = reporter(password_secret=secret, password="never this one")
    pending = reconcile.preview(
        connect_as_master(database), wanted, "app", read_secret=partial(from_secrets_manager, client=secrets_manager)
    )
    with caplog.at_level(logging.DEBUG):
        summary = run_with(wanted)
    assert [ddl.text(change) for change in pending.plan] == [ddl.text(change) for change in summary.plan]
    shown = "".join(
        [
            *(show({"app": summary}) for show in (render.as_text, ddl.script, render.as_markdown)),
            render.as_json({"app": summary}, ddl.text),
            "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("db_access")),
            repr(summary),
            repr(wanted),
            str(wanted.as_properties()),
        ]
    )
    assert 'ALTER ROLE "report" PASSWORD <redacted>' in shown
    assert not [
        word for word in (*PASSWORDS, "never this one", "SCRAM-SHA-256", str(stored(database))) if word in shown
    ]


def test_an_error_while_the_password_is_set_shows_neither(
    database: Database, run_with: Any, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between plan and statement somebody makes the role one that the master may not touch, so PostgreSQL refuses it."""
    carry_out = apply.execute

    def after_others(*args: Any) -> None:
        run(database, "rdsadmin", "ALTER ROLE report SUPERUSER")
        carry_out(*args)

    run(database, "master", "CREATE ROLE report", "COMMENT ON ROLE report IS '[managed by keyless-aurora]'")
    monkeypatch.setattr(apply, "execute", after_others)
    with database.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(Exception, match="rolled back") as refused:
            run_with(reporter(password_secret=secret))
        run(database, "rdsadmin", "ALTER ROLE report NOSUPERUSER")
        assert fingerprint(connection) == before
    chain, error = "", cast(BaseException | None, refused.value)
    while error is not None:
        chain, error = chain + str(error) + repr(error), error.__cause__ or error.__context__
    assert not [word for word in (*PASSWORDS, "SCRAM-SHA-256") if word in chain]


@pytest.mark.parametrize("value", ["{}", json.dumps({"password": ""}), json.dumps({"password": 7}), "a\0b"])
def test_a_secret_without_a_password_is_refused_by_name_and_nothing_changes(
    database: Database, run_with: Any, secret: str, secrets_manager: Any, value: str
) -> None:
    secrets_manager.put_secret_value(SecretId=secret, SecretString=value)
    with database.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(SecretError, match=f"{secret} holds no password"):
            run_with(reporter(password_secret=secret))
        assert fingerprint(connection) == before


def test_a_secret_that_is_not_there_is_refused_by_name(run_with: Any, secret: str) -> None:
    with pytest.raises(SecretError, match=r"can't be read \(ResourceNotFoundException\); allowed: one that exists"):
        run_with(reporter(password_secret=secret + "x"))


def test_users_may_share_a_secret_and_it_is_read_once_before_and_once_after_their_passwords_are_set(
    database: Database, secret: str, secrets_manager: Any
) -> None:
    read: list[str] = []

    def counting(arn: str) -> Any:
        read.append(arn)
        return from_secrets_manager(arn, client=secrets_manager)

    users = [
        {"username": name, "auth_method": "password", "password_secret": secret, "databases": ["app"]}
        for name in ("report", "other")
    ]
    converge(database, spec(users=users), read_secret=counting)
    assert read == [secret, secret]
    assert logs_in(database, FIRST)
    converge(database, spec(users=users), read_secret=counting)
    assert read == [secret, secret, secret]


def test_drift_of_the_mark_sets_the_password_again(database: Database, run_with: Any, secret: str) -> None:
    run_with(reporter(password_secret=secret))
    run(
        database,
        "master",
        "ALTER ROLE report PASSWORD 'by hand'",
        "COMMENT ON ROLE report IS '[managed by keyless-aurora]'",
    )
    run_with(reporter(password_secret=secret))
    assert logs_in(database, FIRST)


def test_a_password_in_a_spec_loads_with_a_warning_and_is_never_used(
    database: Database, run_with: Any, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = reporter(password=FIRST)
    assert "users[2].password (report): a password in the spec is ignored" in caplog.text
    run_with(wanted)
    assert (
        "no secret is named for user 'report', so its password stays as it is, and a new user has none" in caplog.text
    )
    assert stored(database) is None
    assert FIRST not in caplog.text


@pytest.mark.parametrize(
    "users",
    [
        {"username": "u", "password": FIRST},
        [{"username": "u", "password": [FIRST]}],
        [{"username": "u", "password": {"a": FIRST}}],
        [[{"password": FIRST}]],
        [{"username": {"password": FIRST}}],
        [{"username": "u", "passwrd": FIRST}],
    ],
)
def test_no_error_about_a_spec_shows_a_password_in_it(users: Any) -> None:
    with pytest.raises(Exception, match="problem") as refused:
        spec(users=users)
    assert FIRST not in str(refused.value) and FIRST not in repr(refused.value.__context__)


def test_one_secret_by_two_texts_is_refused_and_by_one_it_is_shared() -> None:
    """Secrets Manager takes a secret's ARN without its last characters, too, so that another text is no other secret."""
    whole = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:bob-AbCdEf"

    def named(*arns: str) -> AccessSpec:
        users = [{"username": f"user_{n}", "auth_method": "password", "password_secret": a} for n, a in enumerate(arns)]
        return AccessSpec.parse({"databases": [{"name": "app"}], "users": users})

    def read(arn: str) -> Secret:
        return Secret("a password", version_of(whole, "a version"))

    with pytest.raises(SecretError, match="are one secret, named for several users; allowed: one of its own for each"):
        passwords_of(named(whole, whole.removesuffix("-AbCdEf")), read)
    assert {*passwords_of(named(whole, whole), read)} == {"user_0", "user_1"}


def test_a_secret_that_says_another_user_is_refused() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:bob-AbCdEf"
    user = {"username": "alice", "auth_method": "password", "password_secret": arn}
    spec = AccessSpec.parse({"databases": [{"name": "app"}], "users": [user]})
    with pytest.raises(SecretError, match="is user 'bob''s by its field `username`, and is named for user 'alice'"):
        passwords_of(spec, lambda _: Secret("a password", version_of(arn, "a version"), "bob"))
