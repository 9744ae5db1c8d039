"""A question to PostgreSQL that is one of several in a pipeline, and the answer to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What was asked within a pipeline. Read it after the pipeline's end: then PostgreSQL has answered everything."""

    read: Callable[[], T]
