"""The text of a spec's file, and what edits make of it. Reads and writes no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.files.document import document_in
from db_access.spec.source import Source, shown
from keyless.editing.edits import Document, Edit, edited
from keyless.editing.errors import EditError, NotEditableError
from keyless.editing.splices import of_edit, spliced
from keyless.editing.splices.values import as_json, as_yaml
from keyless.editing.trees import Node, json_text, yaml_text


@dataclass(frozen=True)
class SpecText:
    text: str
    path: Path
    """Of the file, for messages and for what it is written in."""

    @cached_property
    def document(self) -> Document:
        """What it says.

        Raises:
            SpecError: when it can't be read, or isn't a spec with a list of users, with every problem.
        """
        document = document_in(self.text, self.path)
        if not isinstance(document, dict) or "username" in document:
            AccessSpec.parse(document, Source(self.path))  # which says what a document must be
            raise EditError([f"{shown(self.path)} is one user; allowed: a spec, or a file with `users`"])
        for field in ("users", "retired"):
            items = document.get(field, [])
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                AccessSpec.parse(document, Source(self.path))
        return document

    @property
    def tree(self) -> Node:
        """Raises NotEditableError."""
        return json_text.tree(self.text) if self._json else yaml_text.tree(self.text)

    @property
    def _json(self) -> bool:
        return self.path.suffix == ".json"

    def after(self, edits: Sequence[Edit]) -> "SpecText":
        """The text with these edits made, each in what the one before has made.

        Raises:
            SpecError: when the result is not a valid spec, with every problem in the spec's words.
            EditError: when the text can't be changed without changing something else.
        """
        wanted = self.document
        for edit in edits:
            wanted = edited(wanted, edit)
        AccessSpec.parse(wanted, Source(self.path))
        changed = self
        for edit in edits:
            changed = changed._with(edit)
        return changed

    def _with(self, edit: Edit) -> "SpecText":
        """Read again, it says what was meant. So no anchor, alias or odd way to write something can make an edit
        mean more, or less."""
        try:
            splices = of_edit(self.text, self.tree, edit, as_json if self._json else as_yaml)
            changed = SpecText(spliced(self.text, splices), self.path)
            if document_in(changed.text, self.path) == edited(self.document, edit):
                return changed
        except (NotEditableError, SpecError, ValueError) as error:
            raise self._elsewhere() from error
        raise self._elsewhere()

    def _elsewhere(self) -> EditError:
        problem = "can't be changed in this place without changing something else"
        way = "an anchor (`&`), an alias (`*`) or an unusual form is in the way"
        allowed = "values that are written out, or a change by hand"
        return EditError([f"{shown(self.path)} {problem}: {way}; allowed: {allowed}"])
