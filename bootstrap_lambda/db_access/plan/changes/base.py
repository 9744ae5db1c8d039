"""What every change has: its reason, in a line for the operator."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Step:
    reason: str = field(compare=False)
