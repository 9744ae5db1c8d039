"""`keyless fleet`: many clusters side by side, the worst first. Changes nothing."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from db_access.wording import listed
from keyless.cli.connection import tell
from keyless.cli.environment.deployed import place_of
from keyless.cli.environment.stacks import stacks_in
from keyless.cli.status import DIFFERENT, DONE, FAILED, INTERRUPTED
from keyless.fleet.cluster import Endpoint, Place
from keyless.fleet.database import Kind
from keyless.fleet.file import load
from keyless.fleet.found import Result, State
from keyless.fleet.look import Job, Said, answers, prepare
from keyless.fleet.round import Round
from keyless.fleet.shown import as_asff, shown
from keyless.fleet.shown.counts import counted, reason
from keyless.fleet.workers import Workers

Show = Callable[[list[Result]], str]
_EVERY_SECONDS: Final = 10.0
_LONGEST: Final = 200


def run(config: Path, kind: Kind, *, jobs: int, deadline: float, show: Show, differences_count: bool) -> int:
    """The exit status; the results go to stdout, what is amiss also to stderr as soon as it is known.

    Args:
        jobs: how many clusters are looked at at once, each by one connection.
        deadline: seconds that one database, or AWS, may take to answer.
        show: the results as text.
        differences_count: whether drift is a status of its own.
    """
    clusters = load(config)
    results: list[Result] = []
    with Workers[Job](jobs, deadline, prepare, _answers) as workers:
        looking = Round(clusters, kind, workers)
        try:
            _collect(looking, results, len(clusters))
        except KeyboardInterrupt:
            done = f"{len(results):,} of {len(clusters):,} clusters were looked at"
            print(f"keyless: interrupted; {done}", file=sys.stderr)
            sys.stdout.write(show([*results, *looking.left()]))
            return INTERRUPTED
    sys.stdout.write(show(results))
    return _status(results, differences_count=differences_count)


def showing(form: str, product_arn: str | None) -> Show:
    """How the results are shown, as findings of Security Hub if a product is named."""
    if product_arn is None:
        return lambda results: shown(results, form)
    return lambda results: as_asff.batches(results, as_asff.Product(product_arn), datetime.now(UTC))


def _collect(looking: Round, results: list[Result], total: int) -> None:
    for result in looking.results(_ticking(looking, results, total)):
        results.append(result)
        if result.state is not State.FINE:
            worst = result.worst
            tell(f"[{len(results)}/{total}] {result.cluster}: {worst.label}: {reason(worst, _LONGEST)}")


def _ticking(looking: Round, results: list[Result], total: int) -> Callable[[], None]:
    """Says now and then how far it is."""
    last = time.monotonic()

    def tick() -> None:
        nonlocal last
        if time.monotonic() - last > _EVERY_SECONDS:
            last = time.monotonic()
            tell(f"[{len(results)}/{total}] {counted(results)}; at work: {listed(looking.at_work)}")

    return tick


def _status(results: list[Result], *, differences_count: bool) -> int:
    states = {found.state for result in results for found in result.databases}
    if states & {State.FAILED, State.UNREACHABLE}:
        return FAILED
    return DIFFERENT if State.DRIFT in states and differences_count else DONE


def _answers(job: Job) -> Iterator[Said]:
    return answers(_place, job)


def _place(clients: Callable[[str], Any], region: str, name: str) -> Place:
    """By the outputs of the environment's stacks."""
    found = place_of(stacks_in(clients, region, name))
    endpoint = Endpoint(host=found.master.host, port=found.master.port, user=found.master.user)
    return Place(endpoint=endpoint, manager=found.manager)
