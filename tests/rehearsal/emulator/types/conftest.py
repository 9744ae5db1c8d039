"""A cloud of their own for the types, and the stack that has all of them."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.types.stack import Stack


@pytest.fixture(scope="session")
def empty_cloud() -> Iterator[Cloud]:
    with Cloud() as running:
        yield running


@pytest.fixture
def stack(empty_cloud: Cloud) -> Iterator[Stack]:
    stack = Stack(empty_cloud)
    yield stack
    stack.delete()


@pytest.fixture
def created(stack: Stack) -> Stack:
    stack.create()
    return stack
