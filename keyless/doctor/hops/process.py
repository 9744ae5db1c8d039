"""Before anything is sent: this machine's clock, its AWS credentials, and a token that somebody else has signed."""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.doctor.looking import Looking
from keyless.preflight.account.identity import CredentialsError
from keyless.preflight.checks.clock import clock as differs
from keyless.preflight.finding import Verdict

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_ANOTHER: Final = 'sign another: export PGPASSWORD="$(keyless token)"; or unset PGPASSWORD, and this command signs one'


def clock(at: Looking) -> Finding:
    asked = "is this machine's clock AWS's?"
    for problem in differs(at.clock):
        if problem.verdict is Verdict.UNKNOWN:
            return unseen(asked, problem.evidence)
        return wrong(asked, problem.evidence, problem.remedies[0])
    return well(asked, "within five minutes")


def credentials(at: Looking) -> Finding:
    asked = "does AWS take these credentials?"
    try:
        return well(asked, f"they are {at.identity.arn}'s")
    except CredentialsError as error:
        return wrong(asked, str(error), "; or ".join(error.remedies))


def token(at: Looking) -> Finding:
    """What PGPASSWORD has. Of the token only what isn't secret is read: where, as whom, when."""
    login, asked = at.path.login, "is the token in PGPASSWORD for this login, and fresh?"
    place, begun, query = at.path.said_token.partition("?")
    if not begun:
        return wrong(asked, "it has no host and port before its first `?`", _ANOTHER)
    place, said = place.removesuffix("/"), dict(parse_qsl(query))
    if (place.lower(), said.get("DBUser")) != (f"{login.host}:{login.port}".lower(), login.user):
        return wrong(
            asked,
            f"it is for {said.get('DBUser')} at {place}; PGHOST, PGPORT and PGUSER say {login.user} at "
            f"{login.host}:{login.port}",
            _ANOTHER,
        )
    region = "".join(said.get("X-Amz-Credential", "").split("/")[2:3])
    if region != login.region:
        return wrong(
            asked, f"it is signed for region {region or 'none'}, and the endpoint is in {login.region}", _ANOTHER
        )
    try:
        signed = datetime.strptime(said.get("X-Amz-Date", ""), _STAMP).replace(tzinfo=UTC)
        until = signed + timedelta(seconds=int(said.get("X-Amz-Expires", "")))
    except (ValueError, OverflowError):
        return wrong(asked, "it says no time", _ANOTHER)
    now = datetime.now(UTC)
    if until <= now:
        return wrong(asked, f"it has expired: good until {until:%H:%M:%S}, and it is {now:%H:%M:%S} UTC", _ANOTHER)
    return well(asked, f"yes, until {until:%H:%M:%S} UTC")
