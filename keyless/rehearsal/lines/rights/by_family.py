"""What users can do, and who is let in, by the family of the stage's database."""

from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.lines.rights import lines as postgresql
from keyless.rehearsal.lines.rights.lines import Measured
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.mysql import lines as mysql
from keyless.rehearsal.lines.rights.mysql import meaning
from keyless.rehearsal.lines.rights.mysql.ground import Ground
from keyless.rehearsal.lines.rights.sessions import lets_in
from keyless.rehearsal.stage.running import Stage


def measured(stage: Stage) -> Measured:
    """Try it all out. Leaves nothing behind but, on PostgreSQL, numbers that sequences gave out."""
    if stage.family == "postgresql":
        return postgresql.measured(stage)
    return mysql.measured(_ground(stage), stage.deployed.spec)


def own_login(stage: Stage, user: str, database: str) -> tuple[Outcome, str]:
    """What must come of the user's own way to log in: who refuses it, if the spec lets it in nowhere, and by which
    words."""
    found = next((one for one in stage.deployed.spec.users if one.username == user), None)
    if stage.family == "postgresql":
        refusal = lets_in(found, Meaning(stage.deployed.spec, database)) if found else ""
        return (Outcome.BY_POSTGRESQL if refusal else Outcome.ALLOWED), refusal
    refusal = meaning.lets_in(found) if found else ""
    return (_ground(stage).refused if refusal else Outcome.ALLOWED), refusal


def _ground(stage: Stage) -> Ground:
    deployed, secrets = stage.deployed, stage.deployed.secrets
    watcher = deployed.function("access", "Bootstrap").environment.get("WATCH_USER", "")

    def password(user: str) -> str:
        """Whoever has no secret has no password either, and must not get in."""
        return secrets.password(user) if user in secrets.arns else ""

    return Ground(stage.mysql, deployed.database.master, password, watcher)
