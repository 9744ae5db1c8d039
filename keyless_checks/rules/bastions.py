"""Rules for bastions: whom they reach, and what they start with. What their role may do, `roles.actions` holds; that
nobody reaches them, `paths.nobody_else`."""

import re
from collections.abc import Iterator

from keyless_checks.reading.bastions import TAG, bastions
from keyless_checks.reading.databases import databases
from keyless_checks.reading.family import family_of
from keyless_checks.reading.placed import PROXIES, SERVERS, template_of
from keyless_checks.reading.reachability import Reachability
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_SESSIONS = re.compile(r"com\.amazonaws\..+\.(ssm|ssmmessages)")
_NOTHING = re.compile(r"(#!/bin/bash\nset -eu\n)?")


def only_forwards(templates: Templates) -> Iterator[Finding]:
    """A bastion reaches the database or its proxy and Session Manager's endpoints, and nothing else: not the internet
    either, to which whoever forwards a port through it would come."""
    allowed = {one.path for one in [*databases(templates), *templates.all(*PROXIES), *_sessions(templates)]}
    mine, ports = {one.path for one in bastions(templates)}, (443, family_of(templates).port)
    for reach in Reachability(templates).matrix():
        of_somebody = reach.target.startswith("sg-") and all(low == high in ports for low, high in reach.ports)
        if reach.source in mine and reach.target not in allowed and not of_somebody:
            yield Finding(reach.source, f"it can open a connection to {reach.target}")


def _sessions(templates: Templates) -> list[Resource]:
    endpoints = templates.all("AWS::EC2::VPCEndpoint")
    return [one for one in endpoints if _SESSIONS.fullmatch(str(one.props.get("ServiceName")))]


def bare(templates: Templates) -> Iterator[Finding]:
    """A bastion is one instance that starts as its image is: user data installs nothing and says nothing, and no other
    servers start from its launch template."""
    for group in bastions(templates):
        template = template_of(templates, group)
        data = template.props.get("LaunchTemplateData", {}) if template else {}
        if not _NOTHING.fullmatch(templates.text(group.stack, data.get("UserData", ""))):
            yield Finding(group.path, "its user data does something")
        if [one.path for one in templates.all(SERVERS) if template_of(templates, one) == template] != [group.path]:
            yield Finding(group.path, "other servers start from its launch template")
        if str(group.props.get("MinSize")) != "1":
            yield Finding(group.path, f"MinSize is {group.props.get('MinSize')}; allowed: 1")
        if not all(isinstance(value, str) and value for value in _names(group)):
            yield Finding(group.path, f"its tag {TAG} is {_names(group)}; allowed: a text that policies name it by")


def _names(group: Resource) -> list[object]:
    return [tag.get("Value") for tag in group.props["Tags"] if tag.get("Key") == TAG]


RULES: tuple[Rule, ...] = (only_forwards, bare)
