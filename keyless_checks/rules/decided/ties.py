"""The rules that hold what `relations` says of several resources."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.family import family_of
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding
from keyless_checks.rules.decided.relations import ALIKE, COVERS, KEYS, NAMED_ONCE, OWN, Path, Uses, at
from keyless_checks.rules.decided.scope import ours

_ROTATION = "AWS::SecretsManager::RotationSchedule"
"""Of users whom an engine of this project makes; others' passwords are set by whoever administers the database."""


def own(templates: Templates) -> Iterator[Finding]:
    """What is one resource's own, such as a function's role, no other of its type has too."""
    for type_, groups in OWN.items():
        for paths in groups:
            first: dict[tuple[Any, ...], str] = {}
            for resource in filter(ours, templates.all(type_)):
                values = tuple(_text(templates, resource.stack, at(resource, path)) for path in paths)
                if None not in values and first.setdefault(values, resource.path) != resource.path:
                    yield Finding(resource.path, f"{_named(paths)} is that of {first[values]}, too")


def named_once(templates: Templates) -> Iterator[Finding]:
    """A role, a security group and a log are those of one function, proxy, database, endpoint or flow log."""
    for uses in NAMED_ONCE:
        first: dict[str, str] = {}
        for resource, named in _named_by(templates, uses):
            if first.setdefault(named, resource.path) != resource.path:
                yield Finding(resource.path, f"{named} is that of {first[named]}, too")


def keys(templates: Templates) -> Iterator[Finding]:
    """The database, logs, notifications and secrets have a key each, which is for nothing else."""
    purposes: dict[str, str] = {}
    for purpose, uses in KEYS.items():
        found = {named: resource.path for resource, named in _named_by(templates, uses)}
        if len(found) > 1:
            yield Finding(sorted(found.values())[-1], f"the key is not that of the rest of {purpose}")
        for key, path in found.items():
            if purposes.setdefault(key, purpose) != purpose:
                yield Finding(path, f"{key} is for {purposes[key]}, not for {purpose}")


def _named_by(templates: Templates, uses: Uses) -> Iterator[tuple[Resource, str]]:
    """Resources with the text of what they name so."""
    for type_, path in uses:
        for resource in filter(ours, templates.all(type_)):
            for value in as_list(at(resource, path) or []):
                yield resource, templates.text(resource.stack, value)


def alike(templates: Templates) -> Iterator[Finding]:
    """What all resources of a type have alike, such as the retention of logs, none has otherwise."""
    for type_, paths in ALIKE.items():
        for path in paths:
            found: dict[Any, list[str]] = defaultdict(list)
            for resource in filter(ours, templates.all(type_)):
                if (value := _text(templates, resource.stack, at(resource, path))) is not None:
                    found[value].append(resource.path)
            if len(found) > 1:
                odd = min(found.values(), key=len)
                yield Finding(odd[0], f"{_named((path,))} differs from that of the others")


def covered(templates: Templates) -> Iterator[Finding]:
    """What AWS gives a default of its own when it is forgotten, such as a subnet's ACL, is never forgotten."""
    rotated = family_of(templates).converged
    for cover in COVERS:
        if cover.by == _ROTATION and not rotated:
            continue
        named = {
            target.path
            for resource in templates.all(cover.by)
            for value in as_list(at(resource, cover.path))
            if (target := templates.target(resource.stack, value)) is not None
        }
        for resource in filter(ours, templates.all(cover.of)):
            if resource.path not in named:
                yield Finding(resource.path, f"no {cover.by} is for it")


def _text(templates: Templates, stack: str, value: Any) -> Any:
    """Comparable, with what references lead to."""
    if isinstance(value, list):
        return tuple(sorted(str(_text(templates, stack, one)) for one in value))
    return value if value is None or isinstance(value, bool | int | float) else templates.text(stack, value)


def _named(paths: tuple[Path, ...]) -> str:
    return " with ".join(".".join(path).removeprefix("Properties.") for path in paths)
