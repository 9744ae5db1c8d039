"""What a spec names and nobody has made yet. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from db_access.plan.privileges import Kind
from db_access.postgresql.state import Current, CurrentObjects, Desired


def pending(desired: Desired, current: Current) -> Iterator[str]:
    """What `only` names and doesn't exist. No error: who makes it, makes it as a role that this very run creates."""
    named = _only(desired)
    there = _names(current.objects) if named else {}
    for (schema, name), kinds in sorted(named.items()):
        known = there.get(schema, {})
        if not any(name in known.get(kind, ()) for kind in kinds):
            like = sorted(
                other
                for kind in kinds
                for other in known.get(kind, ())
                if other.partition("(")[0] == name.partition("(")[0]
            )
            hint = f"; there is {', '.join(like)}" if like else ""
            yield f"{schema}.{name}, which `only` names, doesn't exist yet: run again when it does{hint}"


def _only(desired: Desired) -> Mapping[tuple[str, str], set[Kind]]:
    named: dict[tuple[str, str], set[Kind]] = {}
    for objects in desired.objects:
        if objects.kind.in_schema and objects.schema is not None:
            for name in objects.names:
                named.setdefault((objects.schema, name), set()).add(objects.kind)
    return named


def _names(objects: Iterable[CurrentObjects]) -> Mapping[str | None, Mapping[Kind, set[str]]]:
    there: dict[str | None, dict[Kind, set[str]]] = {}
    for found in objects:
        if not found.columns:
            there.setdefault(found.schema, {}).setdefault(found.kind, set()).update(found.names)
    return there
