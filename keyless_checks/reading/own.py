"""What your own stacks and functions have beyond what this package allows. An entry is a decision; whoever reviews it
should know why it is needed (docs/gates.md, "Your own stacks")."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Own:
    types: Mapping[str, Set[str]] = field(default_factory=dict)
    """Resource types by stack, which is the last part of the stack's name: {"reports": {"AWS::SSM::Parameter"}}."""
    actions: Mapping[str, Set[str]] = field(default_factory=dict)
    """IAM actions by the construct path of a function's role: {"reports/Reports/Role": {"ssm:GetParameter"}}."""


NOTHING: Final = Own()
