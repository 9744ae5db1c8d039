"""What became of the mutants, counted, and kept in a file between two runs of all of them."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.infrastructure.checks.automatic.mutants import Mutant, Stratum

FILE = Path(__file__).parent / "outcome.json"


@dataclass
class Outcome:
    """Of one run. `seen`: how many each rule saw first; `by_type`: mutants and those seen, by type of resource;
    `survivors`: how many survived, by stratum; `late`: strata whose survivor a test's gate sees, with the gate."""

    seen: Counter[str] = field(default_factory=Counter)
    by_type: dict[str, list[int]] = field(default_factory=dict)
    survivors: Counter[Stratum] = field(default_factory=Counter)
    late: dict[Stratum, str] = field(default_factory=dict)

    def note(self, mutant: Mutant, rule: str | None) -> None:
        counts = self.by_type.setdefault(mutant.place.type, [0, 0])
        counts[0] += 1
        if rule is None:
            self.survivors[mutant.stratum] += 1
        else:
            counts[1] += 1
            self.seen[rule] += 1

    @classmethod
    def of(cls, results: Iterable[tuple[Mutant, str | None]]) -> "Outcome":
        found = cls()
        for mutant, rule in results:
            found.note(mutant, rule)
        return found

    @property
    def mutants(self) -> int:
        return sum(total for total, _ in self.by_type.values())

    @property
    def rate(self) -> float:
        """Killed by a synth's rules, of all; percent."""
        return 100 * sum(self.seen.values()) / self.mutants

    def write(self, file: Path = FILE) -> None:
        kept = {
            "seen": dict(sorted(self.seen.items())),
            "by_type": dict(sorted(self.by_type.items())),
            "survivors": [[*stratum, count] for stratum, count in sorted(self.survivors.items())],
            "late": [[*stratum, gate] for stratum, gate in sorted(self.late.items())],
        }
        file.write_text(json.dumps(kept, indent=1) + "\n")

    @classmethod
    def read(cls, file: Path = FILE) -> "Outcome":
        kept = json.loads(file.read_text())
        return cls(
            Counter(kept["seen"]),
            kept["by_type"],
            Counter({(type_, place, kind): count for type_, place, kind, count in kept["survivors"]}),
            {(type_, place, kind): gate for type_, place, kind, gate in kept["late"]},
        )
