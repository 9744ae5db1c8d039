"""The lines of a deployment's later life: a second deploy, and its removal. Each can be measured once."""

from collections.abc import Iterator

from keyless.rehearsal.cdk.command import Deploying
from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.platform.engine import engine_changes
from keyless.rehearsal.lines.platform.families.choosing import of
from keyless.rehearsal.lines.platform.kept import Data
from keyless.rehearsal.stage.running import Stage

_MOST = 20
"""Users who try to log in when the access is gone."""


def again(stage: Stage) -> Iterator[Line]:
    """Deploying what is deployed changes nothing, and neither does running the engine on what it has made."""
    with stage.deploying_again() as second:
        yield from after(stage, second)


def after(stage: Stage, second: Deploying) -> Iterator[Line]:
    """The lines of `again`, of a second deploy that is under way."""
    changed = second.wait().changed
    deploy = (
        Attempt(Outcome.CHANGED, ", ".join(changed))
        if changed
        else Attempt(Outcome.UNCHANGED, "no stack has a new event")
    )
    yield Line("a second deploy", Outcome.UNCHANGED, "", deploy)
    count = engine_changes(stage)
    engine = Attempt(Outcome.CHANGED if count else Outcome.UNCHANGED, f"the bootstrap function reports {count} changes")
    yield Line("the engine runs again", Outcome.UNCHANGED, "", engine)


def going_down(stage: Stage) -> Iterator[Line]:
    """First the stacks that give access go, then the rest. The data stays until the database itself goes."""
    family = of(stage)
    before, users = Data.of(stage), [user.username for user in stage.deployed.spec.users][:_MOST]
    yield Line("cdk destroy of access and functions", Outcome.ALLOWED, "", _destroyed(stage, "access"))
    after = Data.of(stage)
    kept = Outcome.KEPT if after == before else Outcome.LOST
    yield Line("the data, with the access gone", Outcome.KEPT, "", Attempt(kept, f"{after} of {before}"))
    for user in users:
        yield Line(f"{user}, with the access gone", family.refused, family.shut_out, family.past_iam(user))
    yield Line("cdk destroy --all", Outcome.ALLOWED, "", _destroyed(stage))


def _destroyed(stage: Stage, *parts: str) -> Attempt:
    gone = stage.deployed.giving_access() if parts else stage.deployed.stacks()
    try:
        stage.destroy(*parts)
    except CdkError as error:
        return Attempt(Outcome.OTHER, str(error))
    left = sorted(gone & stage.deployed.stacks())
    return Attempt(Outcome.OTHER, f"left: {', '.join(left)}") if left else Attempt(Outcome.ALLOWED, "gone")
