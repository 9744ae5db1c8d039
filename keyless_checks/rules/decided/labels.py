"""Whose a resource is."""

from collections.abc import Iterator

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding


def tags(templates: Templates) -> Iterator[Finding]:
    """Every tagged resource is of the same application and the same environment, and has no tag twice."""
    found: dict[str, str] = {}
    for resource in templates.all():
        entries = resource.body.get("Properties", {}).get("Tags", [])
        if not isinstance(entries, list):  # some types of your own stacks have an object
            continue
        values = {entry["Key"]: entry["Value"] for entry in entries}
        if len(values) < len(entries):
            yield Finding(resource.path, "it has a tag twice")
        for name in ("application", "environment"):
            if name in values and found.setdefault(name, values[name]) != values[name]:
                yield Finding(resource.path, f"its tag {name} is {values[name]}; that of others: {found[name]}")
