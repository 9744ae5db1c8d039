"""What each step of a migration edits in the access spec, and how exactly that is undone. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from db_access.spec.source import shown
from keyless.editing import users
from keyless.editing.edits import Document, Edit, RemoveField, RemoveItem, SetField, edited
from keyless.editing.errors import EditError
from keyless.editing.text import SpecText
from keyless.migrate.phase import Migration, Phase, by_name, differences, phase, successor

Step = Callable[[Document, Migration], Sequence[Edit]]
Result = TypeVar("Result")


def start(document: Document, migration: Migration) -> list[Edit]:
    """A second user, at the end of the users."""
    if phase(document, migration) is not Phase.BEFORE:
        return []
    if document.get("additive") or not document.keys() & {"version", "databases"}:
        raise EditError([
            f"the spec is additive, which takes nobody's access away: neither finish nor back could end that of "
            f"{migration.old!r} or {migration.new!r}; allowed: a spec without `additive`"
        ])  # fmt: skip
    old = by_name(document)[migration.old]
    if not (old.get("enabled", True) and old.get("can_login", True)):
        raise EditError([f"{migration.old!r} can't log in; allowed: keyless alter-user --enable before, or drop-user"])
    if migration.new in [item.get("username") for item in document.get("retired", [])]:
        raise EditError([f"{migration.new!r} is in `retired`; allowed: --new-name NAME, or without that entry"])
    return users.created(document, migration.new, successor(old))


def switch(document: Document, migration: Migration) -> list[Edit]:
    """The old user can't log in any more."""
    match phase(document, migration):
        case Phase.BEFORE:
            raise EditError([f"the migration of {migration.old!r} has not started; allowed: keyless migrate start"])
        case Phase.STARTED:
            return [SetField(("users", _index(document, migration.old)), "enabled", False, users.FIELDS)]
        case Phase.SWITCHED | Phase.FINISHED:
            return []


def finish(document: Document, migration: Migration) -> list[Edit]:
    """The old user goes, and its role is to be dropped."""
    match phase(document, migration):
        case Phase.BEFORE | Phase.STARTED:
            raise EditError([f"{migration.old!r} still logs in; allowed: keyless migrate switch before"])
        case Phase.SWITCHED:
            return users.dropped(document, migration.old, keep_role=False)
        case Phase.FINISHED:
            return []


def back(document: Document, migration: Migration) -> list[Edit]:
    """One step: the old user logs in again, or the new one goes."""
    match phase(document, migration):
        case Phase.BEFORE:
            return []
        case Phase.STARTED:
            _refuse_edited(document, migration)
            return [RemoveItem("users", _index(document, migration.new))]
        case Phase.SWITCHED:
            return _unswitched(document, migration)
        case Phase.FINISHED:
            raise EditError([
                f"the migration of {migration.old!r} is finished, and there is no way back; allowed: create-user"
            ])  # fmt: skip


def _unswitched(document: Document, migration: Migration) -> list[Edit]:
    """The new user's entry tells whether the old one said `enabled` before: it was copied from it."""
    place = ("users", _index(document, migration.old))
    said = by_name(document)[migration.new].get("enabled")
    return [RemoveField(place, "enabled")] if said is None else [SetField(place, "enabled", said, users.FIELDS)]


def _refuse_edited(document: Document, migration: Migration) -> None:
    fields = differences(document, migration)
    if fields:
        raise EditError([
            f"{', '.join(fields)} of {migration.new!r} and {migration.old!r} differ: one of them was edited since the "
            "start, and that would be lost; allowed: what they say made equal by hand, or keyless drop-user"
        ])  # fmt: skip


def each(migrations: Iterable[Migration], of: Callable[[Migration], Result]) -> dict[Migration, Result]:
    """Raises EditError with the problems of all of them."""
    found: dict[Migration, Result] = {}
    problems: list[str] = []
    for migration in migrations:
        try:
            found[migration] = of(migration)
        except EditError as error:
            problems += error.problems
    if problems:
        raise EditError(problems)
    return found


def made(before: SpecText, migrations: Sequence[Migration], step: Step) -> SpecText:
    """The text in which the step has been made for each of them; as it was where all have made it.

    Raises:
        SpecError: when that is not possible, or could not be undone byte for byte.
    """
    changed = [m for m, found in each(migrations, lambda m: step(before.document, m)).items() if found]
    after = before.after(_of_all(before.document, changed, step))
    if step in (start, switch):
        _refuse_irreversible(before, after, changed)
    return after


def _of_all(document: Document, migrations: Sequence[Migration], step: Step) -> list[Edit]:
    """The step for each of them, in what the one before has made of the document."""
    found: list[Edit] = []
    for migration in migrations:
        for edit in step(document, migration):
            document = edited(document, edit)
            found.append(edit)
    return found


def _refuse_irreversible(before: SpecText, after: SpecText, migrations: Sequence[Migration]) -> None:
    if after.after(_of_all(after.document, [*reversed(migrations)], back)).text != before.text:
        raise EditError([
            f"{shown(before.path)} is written in a way that a step back would not restore byte for byte; allowed: "
            "`enabled` of the user left out or written `true`, and users written one below the other"
        ])  # fmt: skip


def _index(document: Document, name: str) -> int:
    return next(number for number, user in enumerate(document["users"]) if user.get("username") == name)
