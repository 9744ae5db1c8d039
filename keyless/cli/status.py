"""Exit statuses of `keyless`."""

from typing import Final

DONE: Final = 0
FAILED: Final = 1
"""A wrong command line, too."""
DIFFERENT: Final = 2
"""`sync --detailed-exitcode`: changes are pending or were made. `prove`: the database doesn't match the spec."""
REFUSED: Final = 3
"""`sync`: something would be taken away, and nobody said yes."""
INTERRUPTED: Final = 130
"""Ended by Ctrl-C, by the shells' convention."""
