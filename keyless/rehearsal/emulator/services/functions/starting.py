"""How a function is started without being called. Known on both sides: imports nothing."""

from typing import Final

START: Final = {"keyless:rehearsal": "start"}
"""An event that starts a function's process, as a call would, and doesn't call its handler."""
