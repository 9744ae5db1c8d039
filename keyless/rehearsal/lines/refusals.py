"""Who refused, by the words of an error."""

from typing import Final

from keyless.rehearsal.lines.outcome import Outcome

_TEXTS: Final[tuple[tuple[str, Outcome], ...]] = (
    ("requires TLS", Outcome.NO_TLS),
    ("no encryption", Outcome.NO_TLS),
    ("permission denied", Outcome.BY_POSTGRESQL),
    ("must be owner of", Outcome.BY_POSTGRESQL),
    ("is not permitted to log in", Outcome.BY_POSTGRESQL),
    ("too many connections for role", Outcome.BY_POSTGRESQL),
    ("has no credentials for the role", Outcome.NO_CREDENTIALS),
    ("The password that was provided for the role", Outcome.WRONG_PASSWORD),
    ("password authentication failed", Outcome.WRONG_PASSWORD),
    ("PAM authentication failed", Outcome.BY_IAM),
    ("The IAM authentication failed", Outcome.BY_IAM),
    ("AccessDenied", Outcome.BY_IAM),
)


def by_words(error: str, otherwise: Outcome) -> Outcome:
    """The outcome that the words stand for."""
    return next((outcome for text, outcome in _TEXTS if text in error), otherwise)
