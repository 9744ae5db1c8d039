"""Every property of every resource is one that somebody decided, with a value that was decided: what isn't listed is
a finding, whatever it means."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.allowed.types import DECIDED
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding
from keyless_checks.rules.decided.forms import Reader
from keyless_checks.rules.decided.types import TYPES, YOURS

_FOR_TOOLS = {"Type", "Metadata"}


def values(templates: Templates) -> Iterator[Finding]:
    """Each property and attribute of a resource has a value that was decided on for its type
    (keyless_checks/rules/decided)."""
    for resource in templates.all():
        yield from undecided(templates, resource)


def undecided(templates: Templates, resource: Resource) -> Iterator[Finding]:
    """What isn't decided of one resource."""
    forms = TYPES if resource.stack in DECIDED else YOURS
    if resource.type not in forms:
        return
    reader = Reader(templates, resource.stack)
    for problem in reader.problems("", _body(resource.body), forms[resource.type]):
        yield Finding(resource.path, problem.removeprefix(".Properties").removeprefix("."))


def _body(body: dict[str, Any]) -> dict[str, Any]:
    """With references in DependsOn, so that they have a kind."""
    kept = {key: value for key, value in body.items() if key not in _FOR_TOOLS}
    if "DependsOn" in kept:
        kept["DependsOn"] = [{"Ref": name} for name in as_list(kept["DependsOn"])]
    return kept
