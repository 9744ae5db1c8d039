"""How long a call waits for its database: within the time of its function, and long enough for what AWS takes.

A database that is being made is minutes late when CloudFormation doesn't wait for it (express mode), one that fails
over is away for up to a minute, one that paused wakes up in about 15 seconds, and a new role's policy takes seconds to
reach every place of IAM.
"""

from collections.abc import Mapping
from typing import Final, Self

from keyless_client import Waits

USUAL_SECONDS: Final = 60.0
"""For a token that is refused, and for a database that has answered before."""
_FOR_THE_RUN: Final = 200.0
"""Of the function's seconds: for transient failures, a lock, a failover in the run, and the answer."""
_SETTING: Final = "CONNECT_SECONDS"


class Patience:
    """Of one call, for all its connections: a database that has answered is not waited for that long again."""

    def __init__(self, first: float, *, usual: float = USUAL_SECONDS) -> None:
        """Seconds to wait for the database's first answer, and afterwards."""
        self._first, self._usual, self._answered = first, usual, False

    @classmethod
    def told(cls, environment: Mapping[str, str], otherwise: float = USUAL_SECONDS) -> Self:
        """As CONNECT_SECONDS says, and `otherwise` without it: the same for every connection."""
        seconds = float(environment.get(_SETTING, otherwise))
        return cls(seconds, usual=seconds)

    @classmethod
    def of_call(cls, environment: Mapping[str, str], context: object) -> Self:
        """As CONNECT_SECONDS says, or what Lambda's `context` leaves beside the run itself."""
        left = getattr(context, "get_remaining_time_in_millis", None)
        if _SETTING in environment or left is None:
            return cls.told(environment)
        return cls(max(USUAL_SECONDS, left() / 1000 - _FOR_THE_RUN))

    @property
    def waits(self) -> Waits:
        return Waits(settling=self._usual, ready=self._usual if self._answered else self._first)

    def answered(self) -> None:
        self._answered = True
