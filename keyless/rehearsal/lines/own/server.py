"""What it is when the server of a stage's database refuses."""

from keyless.rehearsal.lines.mysql.refusals import by
from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.stage.running import Stage


def refusing(stage: Stage) -> Outcome:
    return by(stage.mysql.kind) if stage.family == "mysql" else Outcome.BY_POSTGRESQL
