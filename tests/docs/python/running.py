"""Run a block of Python."""

from collections.abc import Mapping
from typing import Any

from tests.docs.reading.pages import Block


def run(block: Block, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the block has made of `given`: its names, with their values. Its errors are its own."""
    namespace: dict[str, Any] = {"__name__": "documented", **(given or {})}
    exec(compile(block.text, block.place, "exec"), namespace)
    return namespace
