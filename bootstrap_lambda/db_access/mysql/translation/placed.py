"""Problems of a spec as messages name them: with their place, and the line of the file, where there is one. Pure."""

from collections.abc import Iterable, Iterator

from db_access.spec import AccessSpec
from db_access.spec.places import Place
from db_access.spec.raw_document import RawDocument
from db_access.spec.source import Source

Problem = tuple[Place, str]
"""Where, and what is wrong and allowed."""


def placed(problems: Iterable[Problem], spec: AccessSpec, source: Source | None) -> Iterator[str]:
    """`source`: the file that the spec is from."""
    found = [*problems]
    document = RawDocument(spec.as_properties() if found else {}, source)
    yield from (f"{document.at(place)}: {problem}" for place, problem in found)
