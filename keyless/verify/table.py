"""Measures the lines on what is deployed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.verify.deployed import Deployed
from keyless.verify.measured import measured
from keyless.verify.probes import ProbeError, Probes, by_function
from keyless.verify.questions import Address, Asked, asked, nowhere, reached


@dataclass
class Table:
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is not measured, and why."""


def table(deployed: Deployed, probes: Probes, spec: AccessSpec, address: Address = nowhere) -> Table:
    """A function whose probe fails has a line that says so, and the others are measured."""
    found = Table()
    for function, group in by_function([*asked(deployed, spec)]):
        asking = _Asking(probes, address, found.notes)
        try:
            found.lines += (line.of(f"function {function.name}") for line in asking.lines(group))
        except ProbeError as error:
            failed = Line(f"{function.name}'s probe", Outcome.ALLOWED, "", Attempt(Outcome.OTHER, str(error)))
            found.lines.append(failed.of(f"function {function.name}"))
    return found


@dataclass(frozen=True)
class _Asking:
    """Of one function."""

    probes: Probes
    address: Address
    notes: list[str]

    def lines(self, group: Sequence[Asked]) -> Iterator[Line]:
        """The first attempt past the proxy tells whether there is a way for the others."""
        yield from self._measured([one for one in group if not one.past])
        past = [one for one in group if one.past]
        for line in self._measured(past[:1]):
            if line.measured.outcome is Outcome.NO_WAY:
                yield Line(line.what, Outcome.NO_WAY, "", line.measured)
                others = ", ".join(one.question.user for one in past)
                self.notes.append(f"whether IAM refuses {line.what}, as {others}: there is no way there")
                return
            yield line
        yield from self._measured(past[1:])

    def _measured(self, group: Sequence[Asked]) -> Iterator[Line]:
        questions = [reached(one.question, self.address) for one in group]
        for one, answer in zip(group, self.probes.ask(group[0].function, questions) if group else (), strict=True):
            if one.by_network and self.address is not nowhere:
                self.notes.append(f"{one.what}: security groups refuse it, and stand-ins have none")
            else:
                yield Line(one.what, one.expected, "", measured(answer))
