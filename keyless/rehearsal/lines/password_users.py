"""The lines of users that log in with a secret's password: who has it, who may read it, its rotation."""

from collections.abc import Iterator

from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.lines.attempts import invocation, secret_read
from keyless.rehearsal.lines.iam_users import proxys_role_as_master
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.writer import INSERT, LAMBDA, Writer
from keyless.rehearsal.stage.running import REGION


def lines(writer: Writer) -> Iterator[Line]:
    yield from _wrong_passwords(writer)
    yield from _readers(writer)
    if writer.stage.variant.through_proxy:
        yield from _at_the_proxy(writer)
    yield from _rotation(writer)


def _wrong_passwords(writer: Writer) -> Iterator[Line]:
    stage, entry, wrong = writer.stage, writer.endpoint, Outcome.WRONG_PASSWORD
    own = stage.deployed.secrets.password(writer.name)
    yield Line("wrong password", wrong, writer.name, writer.tries(INSERT, entry, password="guessed"))  # noqa: S106 - wrong
    yield Line(
        "writer's password as migrator", wrong, "migrator", writer.tries(INSERT, entry, user="migrator", password=own)
    )
    yield Line(
        "writer with an IAM token", wrong, writer.name, writer.tries(INSERT, entry, password=writer.token(entry))
    )
    role = stage.deployed.function("access", "Bootstrap").role
    token = tokens.sign(stage.credentials(role, LAMBDA), stage.database, writer.name, REGION)
    yield Line("bootstrap as writer", wrong, writer.name, writer.tries(INSERT, stage.database, password=token))


def _readers(writer: Writer) -> Iterator[Line]:
    """Who reads whose secret. `because` names the right that is missing and the secret."""
    stage, migrator = writer.stage, writer.stage.deployed.function("workload", "Migrator")
    for who, role, user in (("writer", writer.function.role, "migrator"), ("migrator", migrator.role, writer.name)):
        measured = secret_read(stage.cloud, role, stage.deployed.secrets.arns[user])
        yield Line(
            f"{who} reads {_whose(user, writer)} secret", Outcome.BY_IAM, "secretsmanager:GetSecretValue", measured
        )


def _at_the_proxy(writer: Writer) -> Iterator[Line]:
    stage, master = writer.stage, writer.stage.deployed.database.master
    through = writer.tries(INSERT, stage.proxy, user=master, password=writer.token(stage.proxy, master))
    yield Line("writer as the master", Outcome.NO_CREDENTIALS, f"the role {master}", through)
    what, role, service, endpoint, user = proxys_role_as_master(writer)
    token = tokens.sign(stage.credentials(role, service), endpoint, user, REGION)
    measured = writer.tries(INSERT, endpoint, user=user, password=token)
    yield Line(what, Outcome.BY_IAM, f"{endpoint.resource_id}/{user}", measured)


def _rotation(writer: Writer) -> Iterator[Line]:
    """The function keeps the old password in its process, and must find the new one by itself."""
    stage, old = writer.stage, writer.stage.deployed.secrets.password(writer.name)
    yield Line("a rotation of writer's secret", Outcome.ALLOWED, "", _rotated(writer))
    stage.end_sessions()
    yield Line(
        "writer inserts after the rotation", Outcome.ALLOWED, "'written': 2, 'rows': 2", invocation(writer.works)
    )
    before = writer.tries(INSERT, writer.endpoint, password=old)
    yield Line("the password before the rotation", Outcome.WRONG_PASSWORD, writer.name, before)


def _rotated(writer: Writer) -> Attempt:
    try:
        writer.stage.deployed.secrets.rotate(writer.name)
    except CloudError as error:
        return Attempt(Outcome.OTHER, str(error))
    return Attempt(Outcome.ALLOWED, "the rotation function has made a new version the current one")


def _whose(user: str, writer: Writer) -> str:
    return "writer's" if user == writer.name else f"{user}'s"
