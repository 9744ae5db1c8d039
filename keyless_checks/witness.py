"""The gates of an app, and afterwards whether each has judged."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import aws_cdk as cdk
import jsii

from keyless_checks.judged import NotJudgedError, left_out, unseen


@jsii.implements(cdk.IPolicyValidationPlugin)
class _Witnessed:
    """A gate that can't fail unseen."""

    def __init__(self, gate: cdk.IPolicyValidationPlugin) -> None:
        self._gate = gate
        self.judged = False
        self.failure: str | None = None

    @property
    def name(self) -> str:
        return self._gate.name

    @property
    def version(self) -> str | None:
        return self._gate.version

    @property
    def rule_ids(self) -> list[str] | None:
        """The CDK counts them only."""
        return None

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Called by the CDK after the templates are written."""
        try:
            report = self._gate.validate(context)
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"
            raise
        self.judged = True
        return report


class Gates:
    """Plugins of an app, the CDK's own validator among them: the app must not have it beside."""

    def __init__(self, app: cdk.App, must: Sequence[str], *gates: cdk.IPolicyValidationPlugin) -> None:
        """Attach `gates` to `app`. `must`: the names of those that must have judged."""
        self._must = must
        self._witnessed = tuple(_Witnessed(gate) for gate in gates)
        cdk.Validations.of(app).add_plugins(*self._witnessed)

    def unjudged(self, assembly: Path) -> Iterator[str]:
        """After the synth into `assembly`, a sentence for each gate that hasn't judged it, and for what is unseen."""
        failed = {gate.name: gate.failure for gate in self._witnessed if gate.failure is not None}
        yield from left_out(self._must, {gate.name for gate in self._witnessed if gate.judged}, failed)
        yield from unseen(assembly, failed)

    def refuse_unjudged(self, assembly: Path) -> None:
        """Raises NotJudgedError with what `unjudged` says."""
        if problems := [*self.unjudged(assembly)]:
            raise NotJudgedError("\n".join(problems))
