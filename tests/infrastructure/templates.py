"""The templates of one environment, as tests read them and break copies of them."""

import pickle
from collections.abc import Callable, Iterator
from typing import Any

from keyless_checks.reading import templates as reading


class Templates(reading.Templates):
    def broken(self, change: "Change") -> "Templates":
        """A copy with `change` made to it."""
        copied = pickle.loads(pickle.dumps(self.by_stack))  # deepcopy takes ten times as long
        change(Templates(copied, self.assets, own=self.own))
        return Templates(copied, self.assets, own=self.own)

    def named(self, type_: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each resource (of one type) with its construct path."""
        yield from ((resource.path, resource.body) for resource in self.all(*([type_] if type_ else [])))

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        return [resource.body for resource in self.all(type_)]

    def at(self, path: str) -> dict[str, Any]:
        """The one resource at that construct path."""
        (found,) = [resource.body for resource in self.all() if resource.path == path]
        return found

    def props(self, path: str) -> reading.Properties:
        properties: reading.Properties = self.at(path)["Properties"]
        return properties


Change = Callable[[Templates], object]
"""Breaks a copy of the templates, for a test of what sees it."""
