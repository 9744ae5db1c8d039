"""`keyless create-user`, `alter-user`, `disable-user`, `drop-user`: edit the spec's file, and sync it if asked to.

Loads neither driver nor AWS unless it syncs.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from db_access.spec.source import shown
from db_access.wording import json_text, one_line, visible
from keyless.cli import output
from keyless.cli.options import OfSpec
from keyless.cli.status import DONE
from keyless.editing.difference import difference
from keyless.editing.edits import Document, Edit
from keyless.editing.file import opened
from keyless.editing.text import SpecText

Edits = Callable[[Document], Sequence[Edit]]
"""What to edit in a document."""


@dataclass(frozen=True)
class Doing:
    """What becomes of an edit."""

    dry_run: bool = False
    as_json: bool = False
    sync: bool = False
    yes: bool = False
    """What the sync takes away it needn't ask about."""


_UNNAMED: Final = (
    "keyless: no secret is named for the password, so the stacks make one; without them --secret {user}=ARN names it "
    "in each sync. Until a sync has read one the user has no password and can't log in"
)


def run(of: OfSpec, edits: Edits, doing: Doing) -> int:
    """The exit status; what changes in the file goes to stdout.

    Raises:
        SpecError: with every problem of what the spec would be. The file is as it was.
    """
    before, after = _edited(of.config, edits, write=not doing.dry_run)
    changes = visible(difference(before, after))
    if not doing.as_json:
        output.say_first(changes or f"{_name(of.config)}: nothing to change\n")
    status, found = _synced(of, doing) if doing.sync else (DONE, "")
    if doing.as_json:
        result = {"file": str(shown(of.config)), "changed": bool(changes) and not doing.dry_run, "diff": changes}
        sys.stdout.write(json_text({**result, **_as_part(doing, found)}) + "\n")
    else:
        sys.stdout.write(found)
    return status


def tell_of_secret(user: str, fields: dict[str, Any]) -> None:
    """Where a password user's password comes from, if the flags don't say."""
    if fields.get("auth_method") == "password" and not fields.get("password_secret"):
        print(one_line(_UNNAMED.format(user=user)), file=sys.stderr)


def _edited(path: Path, edits: Edits, *, write: bool) -> tuple[SpecText, SpecText]:
    with opened(path) as file:
        before = SpecText(file.text, path)
        after = before.after(edits(before.document))
        if write and after != before:
            file.replace(after.text)
            output.changed(f"{_name(path)} is changed")
        return before, after


def _synced(of: OfSpec, doing: Doing) -> tuple[int, str]:
    """In the spec's new words. What goes wrong now leaves them: they are what is wanted, and the next sync tries
    again."""
    from keyless.cli import sync

    form = "json" if doing.as_json else "text"
    return sync.made(of, dry_run=False, yes=doing.yes, detailed_exitcode=False, form=form)


def _as_part(doing: Doing, found: str) -> dict[str, Any]:
    return {"sync": json.loads(found) if found else None} if doing.sync else {}


def _name(path: Path) -> str:
    return one_line(str(shown(path)))
