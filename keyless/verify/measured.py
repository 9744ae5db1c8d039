"""What a probe's answer means: who refused, as the client is told. AWS tells it no more than that the token doesn't
count; that it is the right refusal shows the login beside it, which differs in one thing and works."""

from collections.abc import Mapping
from typing import Any

from keyless.rehearsal.lines.outcome import Attempt, Outcome

_TEXTS: tuple[tuple[str, Outcome], ...] = (
    ("timeout expired", Outcome.NO_WAY),
    ("Connection timed out", Outcome.NO_WAY),
    ("requires TLS", Outcome.NO_TLS),
    ("no encryption", Outcome.NO_TLS),
    ("certificate verify failed", Outcome.WRONG_AUTHORITY),
    ("The IAM authentication failed for the role", Outcome.BY_IAM),
    ("PAM authentication failed for user", Outcome.BY_IAM),
    ("proxy has no credentials for the role", Outcome.NO_CREDENTIALS),
    ("The password that was provided for the role", Outcome.WRONG_PASSWORD),
    ("password authentication failed", Outcome.WRONG_PASSWORD),
    ("permission denied", Outcome.BY_POSTGRESQL),
    ("is not permitted to log in", Outcome.BY_POSTGRESQL),
)


def measured(answer: Mapping[str, Any]) -> Attempt:
    if answer["connected"]:
        took = float(answer["milliseconds"])
        return Attempt(Outcome.ALLOWED, f"as {answer['user']}, in {took} ms", milliseconds=took)
    message = str(answer["message"])
    outcome = next((outcome for text, outcome in _TEXTS if text in message), Outcome.OTHER)
    return Attempt(outcome, message.rsplit("FATAL:", 1)[-1].strip(), message)
