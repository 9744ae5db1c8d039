"""Rules for servers: how one gets in, what is on their disks, and what their image is told."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.placed import TEMPLATE, groups_of
from keyless_checks.reading.roles import profiles_role
from keyless_checks.reading.secret_texts import shown
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_IMAGE = re.compile(r"ami-[0-9a-f]{8,17}|resolve:ssm:/aws/service/.+")
_REMOTE = re.compile(r"authorized_keys|sshd?\b|ec2-instance-connect", re.IGNORECASE)


def sessions_only(templates: Templates) -> Iterator[Finding]:
    """Nobody gets into a server but by Session Manager: it has no key, opens no SSH, and no address of it is public."""
    for template in templates.all(TEMPLATE):
        data = _data(template)
        if "KeyName" in data:
            yield Finding(template.path, f"it lets the key {data['KeyName']} in")
        if found := _REMOTE.search(_user_data(templates, template)):
            yield Finding(template.path, f"its user data is about {found[0]}")
        for interface in data.get("NetworkInterfaces", []):
            if interface.get("AssociatePublicIpAddress"):
                yield Finding(template.path, "it has a public address")
        groups = [templates.target(template.stack, group) for group in groups_of(templates, template)]
        if not groups or None in groups or "SecurityGroups" in data:
            yield Finding(template.path, "it has a security group that isn't of the stacks, or none")


def own_credentials(templates: Templates) -> Iterator[Finding]:
    """A server's credentials are of a role of the stacks, for a process on it that asks with a token (IMDSv2), and for
    no container or proxy that forwards."""
    for template in templates.all(TEMPLATE):
        options = _data(template).get("MetadataOptions", {})
        if options.get("HttpTokens") != "required" or options.get("HttpPutResponseHopLimit") != 1:
            yield Finding(template.path, f"MetadataOptions is {options}; allowed: HttpTokens required, one hop")
        if "IamInstanceProfile" not in _data(template):
            yield Finding(template.path, "it has no instance profile, so that somebody would put a key there")
        elif (role := profiles_role(templates, template)) is None or role.type != "AWS::IAM::Role":
            yield Finding(template.path, "its role is not of the stacks, so that no rule sees what it may do")


def encrypted_disks(templates: Templates) -> Iterator[Finding]:
    """A server's disks are encrypted, and go with it."""
    for template in templates.all(TEMPLATE):
        disks = _data(template).get("BlockDeviceMappings", [])
        if not disks or any(disk.get("Ebs", {}).get("Encrypted") is not True for disk in disks):
            yield Finding(template.path, "a disk of it is not encrypted, or its image decides")
        if any(disk.get("Ebs", {}).get("DeleteOnTermination") is not True for disk in disks):
            yield Finding(template.path, "a disk of it stays when it is replaced")


def plain_start(templates: Templates) -> Iterator[Finding]:
    """A server starts from an image that is named, by its id or a public parameter of AWS, and its user data, which
    whoever may describe it reads, has no secret."""
    for template in templates.all(TEMPLATE):
        image = templates.text(template.stack, _data(template).get("ImageId"))
        if not _IMAGE.fullmatch(image):
            yield Finding(template.path, f"its image is {image}; allowed: ami-… or resolve:ssm:/aws/service/…")
        if found := shown(_user_data(templates, template)):
            yield Finding(template.path, f"its user data has a secret, by its name or value: {found}")


def _data(template: Resource) -> dict[str, Any]:
    found = template.props.get("LaunchTemplateData", {})
    return found if isinstance(found, dict) else {}


def _user_data(templates: Templates, template: Resource) -> str:
    return templates.text(template.stack, _data(template).get("UserData", ""))


RULES: tuple[Rule, ...] = (sessions_only, own_credentials, encrypted_disks, plain_start)
