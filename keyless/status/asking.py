"""One region's questions, each answered or not: one that isn't doesn't stop the others, and says what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from keyless.preflight.account.reader import Reader
from keyless.preflight.finding import UnansweredError


@dataclass
class Asking:
    reader: Reader
    region: str
    unanswered: list[str] = field(default_factory=list)
    """Why, once each."""

    def items(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any] | None:
        """All that there is, from every page; None where there is no answer."""
        with self._noting():
            return self.reader.items(service, operation, key, **parameters)
        return None

    def read(self, service: str, operation: str, **parameters: Any) -> Any:
        """The answer; None where there is none."""
        with self._noting():
            return self.reader.read(service, operation, **parameters)
        return None

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except UnansweredError as error:
            if str(error) not in self.unanswered:
                self.unanswered.append(str(error))
