"""Bastions: servers that people's port forwards go through, by their tag."""

from typing import Final

from keyless_checks.reading.placed import SERVERS, template_of
from keyless_checks.reading.templates import Resource, Templates

TAG: Final = "keyless-bastion"


def bastions(templates: Templates) -> list[Resource]:
    """Groups of servers that launch instances with the tag."""
    return [
        group
        for group in templates.all(SERVERS)
        if any(tag.get("Key") == TAG and tag.get("PropagateAtLaunch") is True for tag in group.props.get("Tags", []))
    ]


def is_of_bastion(templates: Templates, template: Resource) -> bool:
    """Whether only bastions start from that launch template."""
    groups = [one for one in templates.all(SERVERS) if template_of(templates, one) == template]
    known = bastions(templates)
    return bool(groups) and all(one in known for one in groups)
