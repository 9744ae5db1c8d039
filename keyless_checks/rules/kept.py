"""What outlives its stack."""

from collections.abc import Iterator

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule


def once_made(templates: Templates) -> Iterator[Finding]:
    """What is kept when its stack goes, goes with a deploy that failed to make it, or the next would meet "already
    exists"; and it is kept when it is replaced, too."""
    for resource in templates.all():
        gone, replaced = resource.body.get("DeletionPolicy"), resource.body.get("UpdateReplacePolicy")
        if gone == "Retain":
            yield Finding(resource.path, "DeletionPolicy is Retain; allowed: RetainExceptOnCreate")
        if gone == "RetainExceptOnCreate" and replaced != "Retain":
            yield Finding(resource.path, f"UpdateReplacePolicy is {replaced}; allowed: Retain, as it is kept otherwise")


RULES: tuple[Rule, ...] = (once_made,)
