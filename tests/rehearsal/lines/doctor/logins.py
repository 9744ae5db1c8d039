"""One's own logins, as `keyless doctor` is asked about them."""

from datetime import timedelta

from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.place import REGION
from tests.rehearsal.lines.examining import SPEC, Report

PERSON = ("--env", "dev", "--as", "lambda_writer", "--database", "app", "--config", SPEC)


def at(endpoint: Endpoint, user: str = "lambda_writer") -> dict[str, str]:
    """libpq's variables."""
    return {"PGHOST": endpoint.host, "PGPORT": str(endpoint.port), "PGUSER": user, "PGDATABASE": "app"}


def token(stage: Stage, role: str, endpoint: Endpoint, region: str = REGION, *, minutes: float = 0) -> str:
    """Signed so many minutes ago."""
    age = timedelta(minutes=minutes)
    return tokens.sign(stage.credentials(role), endpoint, "lambda_writer", region, age=age)


def only(found: Report, hop: str) -> None:
    """That one is wrong, with a way out, and no other."""
    assert (found.status, found.wrong, found.all("wrong")) == (2, hop, [hop]), found.text
    assert found.fix
