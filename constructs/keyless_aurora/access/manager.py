"""Whose roles a deployment's are: the name that marks them in the database, where the spec doesn't say one."""

from hashlib import sha256
from typing import Final

from aws_cdk import Stack
from constructs import Construct

_LENGTH: Final = 63
"""What `managed_by` may have; a stack's name may have 128."""
_DIGITS: Final = 8


def manager_of(scope: Construct) -> str:
    """The name of the stack of `scope`, which no other in the account and region has. One too long is cut and ends in
    a digest."""
    name = _stack_name(Stack.of(scope))
    if len(name) <= _LENGTH:
        return name
    return f"{name[: _LENGTH - _DIGITS - 1]}-{sha256(name.encode()).hexdigest()[:_DIGITS]}"


def _stack_name(stack: Stack) -> str:
    """CloudFormation names a nested stack only when it makes it: it goes by its place in the one around it."""
    outer = stack.nested_stack_parent
    return stack.stack_name if outer is None else f"{_stack_name(outer)}-{stack.node.id}"
