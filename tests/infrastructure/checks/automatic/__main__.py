"""Run every mutant, and write what became of them: `make mutants`."""

import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ["CDK_VALIDATION"] = "false"  # before anything imports the CDK

from tests.app.environments import PROD
from tests.infrastructure.checks.automatic.judges import seen_by
from tests.infrastructure.checks.automatic.late import by_lint
from tests.infrastructure.checks.automatic.mutants import Mutant
from tests.infrastructure.checks.automatic.outcome import Outcome
from tests.infrastructure.checks.automatic.page import FILE, page
from tests.infrastructure.checks.automatic.run import every
from tests.infrastructure.support import synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import VARIANTS

_CHUNK = 200


def _templates(name: str) -> Templates:
    with tempfile.TemporaryDirectory() as folder:
        arguments = VARIANTS.get(name, (PROD,))
        return synthesize(arguments[0], Path(folder), *arguments[1:]).templates


def _judged(by_stack: dict[str, dict[str, object]], chunk: list[Mutant]) -> list[str | None]:
    templates = Templates(by_stack)
    return [seen_by(mutant, templates) for mutant in chunk]


def _results(
    pool: ProcessPoolExecutor, templates: Templates, found: list[Mutant]
) -> Iterator[tuple[Mutant, str | None]]:
    chunks = [found[start : start + _CHUNK] for start in range(0, len(found), _CHUNK)]
    for chunk, rules in zip(chunks, pool.map(_judged, [templates.by_stack] * len(chunks), chunks), strict=True):
        yield from zip(chunk, rules, strict=True)
        print(".", end="", flush=True, file=sys.stderr)


def main() -> None:
    outcome, survivors = Outcome(), []
    with ProcessPoolExecutor() as pool:
        for templates, found in every(_templates):
            results = list(_results(pool, templates, found))
            for mutant, rule in results:
                outcome.note(mutant, rule)
            survivors.append((templates, [mutant for mutant, rule in results if rule is None]))
    _publish(outcome)
    for templates, left in survivors:
        outcome.late |= by_lint(templates, left)
    _publish(outcome)
    print(f"\n{outcome.rate:.1f} % of {outcome.mutants:,} are seen; {FILE} is written")


def _publish(outcome: Outcome) -> None:
    outcome.write()
    FILE.write_text(page(outcome))


if __name__ == "__main__":
    main()
