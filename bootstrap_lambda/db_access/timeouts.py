"""How long a run waits, whichever family it is of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """In seconds."""

    transient: float = 60
    """For failures that pass: conflicts with another run, a server that restarts."""
    lock: float = 30
    """For another run, or another session's transaction that holds what this one needs."""
