"""A refusal that nobody asks for: it fails the synth all the same."""

import jsii
from constructs import IConstruct, IValidation


@jsii.implements(IValidation)
class _Refused:
    def __init__(self, problem: str) -> None:
        self._problem = problem

    def validate(self) -> list[str]:
        """Called by the CDK before the templates are written."""
        return [self._problem]


def fail_synth(principal: IConstruct, problem: str) -> None:
    """Let the synth of the app that `principal` is in end with `problem`."""
    principal.node.add_validation(_Refused(problem))
