"""What was tried."""

from dataclasses import astuple, dataclass
from typing import Final

PROPERTY: Final = "oracle"
"""The property of a test's report that has a tally."""


@dataclass(frozen=True)
class Tally:
    worlds: int = 0
    triples: int = 0
    """User, object and privilege, each tried by doing."""
    refused: int = 0
    """Of these."""
    differing: int = 0
    """From the spec, after somebody interfered; the proof reported every one."""
    seconds: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        return (
            f"oracle: {self.triples:,} triples tried in {self.worlds:,} worlds, {self.refused:,} of them refused; "
            f"{self.differing:,} differed from the spec after interference; "
            f"{self.triples / max(self.seconds, 1e-9):,.0f} triples a second"
        )
