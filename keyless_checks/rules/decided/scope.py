"""What these rules are about: what this project makes, and the clients of its database, wherever they are."""

import re

from keyless_checks.allowed.types import DECIDED
from keyless_checks.engines import EVERY_FAMILY
from keyless_checks.reading.templates import Resource

_LOGS_IN = re.compile("|".join(family.names.user for family in EVERY_FAMILY))
_CODE = ("AWS::Lambda::Function", "AWS::ECS::TaskDefinition", "AWS::EC2::LaunchTemplate")


def ours(resource: Resource) -> bool:
    """Whether the resource is in a stack of this project or logs in to its database; the rest of your own stacks is
    yours."""
    return resource.stack in DECIDED or is_client(resource)


def is_client(resource: Resource) -> bool:
    return resource.type in _CODE and _LOGS_IN.search(str(resource.body.get("Properties"))) is not None
