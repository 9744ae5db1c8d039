"""The pattern: the way by which functions reach the database."""

from collections.abc import Iterator, Mapping

from keyless_aurora.engines.matrix import Engine, Pattern


def pattern_problems(engine: Engine, patterns: Mapping[str, Pattern]) -> Iterator[str]:
    """A sentence for each place, such as `pattern` or `workloads.Writer.pattern`, whose pattern the engine doesn't
    allow."""
    for place, pattern in patterns.items():
        allowed = ", ".join(f"{p} ({p.meaning})" for p in engine.made)
        if pattern not in engine.patterns:
            yield (
                f"{place}: pattern {pattern} ({pattern.meaning}) is impossible with {engine.label}: {engine.features}; "
                f"allowed: {allowed}"
            )
        elif pattern not in engine.made:
            yield (
                f"{place}: pattern {pattern} ({pattern.meaning}) is not made for {engine.label}, whose users no engine "
                f"of this project makes; allowed: {allowed}"
            )
