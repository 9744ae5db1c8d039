"""The lines of a deployment's later life: a second deploy, and its removal. Each can be measured once."""

from collections.abc import Iterator

import psycopg

from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.writer import rows
from keyless.rehearsal.stage.running import Stage


def again(stage: Stage) -> Iterator[Line]:
    """Deploying what is deployed changes nothing, and neither does running the engine on what it has made."""
    changed = stage.deploy_again().changed
    deploy = (
        Attempt(Outcome.CHANGED, ", ".join(changed))
        if changed
        else Attempt(Outcome.UNCHANGED, "no stack has a new event")
    )
    yield Line("a second deploy", Outcome.UNCHANGED, "", deploy)
    count = engine_changes(stage)
    engine = Attempt(Outcome.CHANGED if count else Outcome.UNCHANGED, f"the bootstrap function reports {count} changes")
    yield Line("the engine runs again", Outcome.UNCHANGED, "", engine)


def engine_changes(stage: Stage) -> int:
    """Run the engine on the deployed spec: how many changes the bootstrap function reports. Raises FunctionError."""
    properties = stage.deployed.access_properties(stage.deployed.database.name)
    result = stage.deployed.function("access", "Bootstrap").invoke(
        {"RequestType": "Update", "ResourceProperties": properties}
    )
    return int(result["Data"]["Changes"])


def going_down(stage: Stage) -> Iterator[Line]:
    """First the stacks that give access go, then the rest. The data stays until the database itself goes."""
    before = rows(stage)
    yield Line("cdk destroy of access and workload", Outcome.ALLOWED, "", _destroyed(stage, "workload", "access"))
    after = rows(stage)
    kept = Outcome.KEPT if after == before > 0 else Outcome.LOST
    yield Line(
        "the data, with the access gone", Outcome.KEPT, "", Attempt(kept, f"{after} of {before} rows in foo.event")
    )
    yield Line(
        "the users, with the access gone",
        Outcome.BY_POSTGRESQL,
        "not permitted to log in",
        _past_iam(stage, "lambda_writer"),
    )
    yield Line("cdk destroy --all", Outcome.ALLOWED, "", _destroyed(stage))


def _past_iam(stage: Stage, user: str) -> Attempt:
    """Log in by the server's private socket, which needs no token, so only PostgreSQL itself can refuse."""
    try:
        stage.postgres.connect(user, stage.deployed.database.name).close()
    except psycopg.OperationalError as error:
        return Attempt(Outcome.BY_POSTGRESQL, str(error).rsplit("FATAL:", 1)[-1].strip())
    return Attempt(Outcome.ALLOWED, f"{user} logged in")


def _destroyed(stage: Stage, *parts: str) -> Attempt:
    try:
        stage.destroy(*parts)
    except CdkError as error:
        return Attempt(Outcome.OTHER, str(error))
    stacks = stage.deployed.stacks()
    left = sorted(stacks & {stage.deployed.stack(part) for part in parts} if parts else stacks)
    return Attempt(Outcome.OTHER, f"left: {', '.join(left)}") if left else Attempt(Outcome.ALLOWED, "gone")
