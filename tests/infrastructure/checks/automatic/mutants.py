"""The mutants of an environment's templates: one value each that is dropped or replaced, in place, and put back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.infrastructure.checks.automatic import kinds, neighbours
from tests.infrastructure.checks.automatic.places import Place, places
from tests.infrastructure.templates import Templates

Stratum = tuple[str, str, str]
"""Type, place and kind: `("AWS::EC2::Subnet", "Properties.VpcId", "drop")`."""


class Nothing(Enum):
    """Stands for no value: itself in another process, too."""

    DROPPED = "dropped"


DROPPED = Nothing.DROPPED


@dataclass(frozen=True)
class Mutant:
    """`kind`: how it is broken, such as `drop`."""

    place: Place
    kind: str
    value: Any
    """What stands there instead; DROPPED: nothing."""

    @property
    def stratum(self) -> Stratum:
        """What is broken and how, whatever the resource."""
        return self.place.type, self.place.pattern, self.kind


def mutants(templates: Templates) -> Iterator[Mutant]:
    """All of an environment."""
    there = list(places(templates))
    beside = neighbours.Neighbours(templates, there)
    for place in there:
        if place.keys:
            yield Mutant(place, "drop", DROPPED)
            yield from (Mutant(place, kind, value) for kind, value in _others(place, templates, beside))
        elif place.section == "Resources":
            yield Mutant(place, "remove", DROPPED)
            yield Mutant(place, "duplicate", place.value(templates))


def _others(place: Place, templates: Templates, beside: "neighbours.Neighbours") -> Iterator[tuple[str, Any]]:
    value = place.value(templates)
    found: dict[str, Iterator[Any]] = {
        "flip": kinds.flipped(value),
        "widen": kinds.widened(place.last, value),
        "type": kinds.of_wrong_type(value),
        "number": kinds.of_another_number(value),
        "text": kinds.of_another_text(value),
        "neighbour": beside.of(place, value),
    }
    for kind, values in found.items():
        yield from ((kind, other) for other in values if other != value)


@contextmanager
def applied(mutant: Mutant, templates: Templates) -> Iterator[Templates]:
    """The templates with the mutant in them, for as long as the block lasts; they are read anew."""
    holder, key = mutant.place.holder(templates), mutant.place.last
    before = list(holder) if isinstance(holder, list) else dict(holder)
    if mutant.kind == "duplicate":
        holder[f"{key}Again"] = mutant.value
    elif mutant.value is DROPPED:
        del holder[key]
    else:
        holder[key] = mutant.value
    try:
        yield Templates(templates.by_stack)
    finally:
        _restore(holder, before)


def _restore(holder: Any, before: Any) -> None:
    holder.clear()
    holder.extend(before) if isinstance(holder, list) else holder.update(before)


def by_stratum(every: Iterable[Mutant]) -> dict[Stratum, list[Mutant]]:
    found: dict[Stratum, list[Mutant]] = defaultdict(list)
    for mutant in every:
        found[mutant.stratum].append(mutant)
    return found
