"""Where things are in a spec's raw document, whatever is wrong with it: places, and the parts that have the right
shape."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]
Element = tuple[Place, Mapping[str, Any]]


def elements(parent: Mapping[str, Any], key: str, place: Place = ()) -> Iterator[Element]:
    """The mappings in the list `parent[key]`, with their places; anything else is pydantic's to report."""
    value = parent.get(key)
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if type(item) is dict or isinstance(
            item, Mapping
        ):  # the first is what it nearly always is, and many times faster to see
            yield (*place, key, index), item


def strings(parent: Mapping[str, Any], key: str) -> Iterator[tuple[int, str]]:
    value = parent.get(key)
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, str):
            yield index, item


def declared_schemas(root: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """database -> schema -> owner."""
    return {
        d["name"]: {s["name"]: s.get("owner") for _, s in elements(d, "schemas") if isinstance(s.get("name"), str)}
        for _, d in elements(root, "databases")
        if isinstance(d.get("name"), str)
    }


def makers(root: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """The roles that own a schema or create in one, with every place where they are named."""
    for place, database in elements(root, "databases"):
        for at, schema in elements(database, "schemas", place):
            if isinstance(schema.get("owner"), str):
                yield (*at, "owner"), schema["owner"]
            yield from (((*at, "creators", index), name) for index, name in strings(schema, "creators"))


def unknown(place: Place, what: str, name: str, allowed: Iterable[str]) -> str:
    names = list(allowed)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return (
        f"{place_text(place)}: no {what} is named {name!r}; {hint}allowed: "
        f"{', '.join(names) or 'none, nothing is declared'}"
    )


def place_text(place: Place) -> str:
    """`users[0].grants[1].access`, or `the document` for the root."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".") or "the document"
