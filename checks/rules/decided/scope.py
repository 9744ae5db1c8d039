"""What these rules are about: what this project makes, and the clients of its database, wherever they are."""

from checks.allowed.types import DECIDED
from checks.reading.templates import Resource


def ours(resource: Resource) -> bool:
    """Whether the resource is in a stack of this project or logs in to its database; the rest of your own stacks is
    yours."""
    return resource.stack in DECIDED or is_client(resource)


def is_client(resource: Resource) -> bool:
    return resource.type == "AWS::Lambda::Function" and "PGUSER" in str(resource.body.get("Properties"))
