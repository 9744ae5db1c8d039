"""One verify: the probes up, the lines, the rights and the points measured, the probes down."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from db_access.spec import AccessSpec
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.lines.outcome import Line
from keyless.verify.changes.plan import Changes
from keyless.verify.changes.rotation import NEW, OLD
from keyless.verify.deployed import Clients, Deployed
from keyless.verify.evidence import Verified
from keyless.verify.plan import Place
from keyless.verify.points import answers
from keyless.verify.policies import policies
from keyless.verify.probes import ProbeError, Probes, Toolkit, probes
from keyless.verify.questions import Address, nowhere, reached, right
from keyless.verify.rights import rights
from keyless.verify.table import table
from keyless.verify.waited import waited


def verify(
    toolkit: Toolkit,
    clients: Clients,
    deployed: Deployed,
    place: Place,
    spec: AccessSpec,
    *,
    folder: Path,
    address: Address = nowhere,
    changes: Changes = Changes(),  # noqa: B008 - frozen
    progress: Progress = lambda _: None,
    told: Callable[[Verified], object] = lambda _: None,
) -> Verified:
    """With the spec that is deployed. Raises ProbeError, or what the toolkit raises; the probes are removed in any
    case but NotTakenBackError.

    Args:
        told: of what was measured, before anything else can fail.
    """
    with probes(toolkit, clients, deployed, place, folder, changes.variables, progress) as asked:
        found = table(deployed, asked, spec, address)
        facts = _facts(asked, deployed, address)
        can = rights(deployed, asked, spec, address)
        changed = list(changes.carried_out(asked, clients, deployed, address, progress))
        named, unread = policies(clients, deployed)
        lines, notes = [*found.lines, *named, *can.lines, *changed], [*found.notes, *unread, *changes.notes]
        timings = _timings(deployed, [*found.lines, *changed], asked.cold_starts)
        waits = waited(clients, deployed)
        verified = Verified(place, deployed, lines, answers(facts), can, timings, notes, waits)
        told(verified)
    return verified


def _facts(asked: Probes, deployed: Deployed, address: Address) -> Mapping[str, Any] | None:
    """About the master, by the first function that gets in."""
    for function in deployed.functions:
        question = replace(right(function.login), about=deployed.database.user)
        with contextlib.suppress(ProbeError):  # which is a line of its own
            (answer,) = asked.ask(function, [reached(question, address)])
            if answer["facts"]:
                return dict(answer["facts"])
    return None


def _timings(
    deployed: Deployed, found: Sequence[Line], cold_starts: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Of each function's way to its session, as far as it was measured."""
    took = {line.what: line.measured.milliseconds for line in found if line.holds and line.measured.milliseconds}
    hops = {
        function.name: {
            "cold start": cold_starts.get(function.name),
            "login": took.get(f"{function.name} as {function.login.user}"),
            "new password after a rotation": took.get(f"{function.name} {NEW}"),
            "old password refused after a rotation": took.get(f"{function.name} {OLD}"),
        }
        for function in deployed.functions
    }
    return {name: {hop: ms for hop, ms in of.items() if ms is not None} for name, of in hops.items()}
