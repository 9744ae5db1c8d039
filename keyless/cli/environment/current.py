"""Which deployed environment the command that runs is about, for what no variable of libpq's says."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Current:
    port: int | None
    """The endpoint's, which a token is for. PGPORT is a tunnel's where there is one. None: nothing connects."""
    manager: str
    """Who manages the roles where the spec doesn't say: its access stack."""


current: ContextVar[Current | None] = ContextVar("current", default=None)
"""None where libpq's variables say where."""
