"""Makes a step: edits the spec's file, and syncs. A step back syncs first, so that the file ends up as it was."""

from collections.abc import Sequence
from dataclasses import replace

from db_access.spec import AccessSpec
from db_access.spec.files.document import read_document
from db_access.spec.files.secrets import with_secrets
from db_access.spec.source import Source, shown
from db_access.wording import one_line, visible
from keyless.cli import output, sync
from keyless.cli.databases import managed
from keyless.cli.migrate.doing import Doing, Made, Step
from keyless.cli.migrate.seen import Seen
from keyless.cli.options import OfSpec
from keyless.cli.status import DONE
from keyless.editing.difference import difference
from keyless.editing.edits import Document
from keyless.editing.file import opened
from keyless.editing.text import SpecText
from keyless.migrate import edits
from keyless.migrate.phase import Migration, Phase, by_name


def made(of: OfSpec, step: Step, seen: Sequence[Seen], doing: Doing) -> Made:
    """
    Raises:
        SpecError: with every problem of what the spec would be. The file is as it was.
    """
    migrations = [one.migration for one in seen]
    if step is Step.BACK and doing.sync:
        return _made_back(of, migrations, seen, doing)
    done = _edited(of, step, migrations, write=not doing.dry_run)
    _show(done, doing)
    if not doing.sync:
        return done
    status, found = sync.made(
        known(of, migrations), dry_run=False, yes=doing.yes, detailed_exitcode=False, form=_form(doing)
    )
    return replace(done, status=status, sync=found)


def _made_back(of: OfSpec, migrations: Sequence[Migration], seen: Sequence[Seen], doing: Doing) -> Made:
    """The databases first, as a spec says that no file has: the new role is dropped by it."""
    done = _edited(of, Step.BACK, migrations, write=False)
    _show(done, doing)
    spec = _spec(of, _with_dropped(edits.made(read(of), migrations, edits.back).document, seen))
    names = [database.name for database in spec.databases]
    status, found = sync.of_spec(spec, names, yes=doing.yes, detailed_exitcode=False, form=_form(doing))
    if status == DONE:
        done = _edited(of, Step.BACK, migrations, write=True)
    return replace(done, status=status, sync=found)


def _with_dropped(document: Document, seen: Sequence[Seen]) -> Document:
    """New users that go, or are in the databases though the spec has them no more."""
    gone = [one for one in seen if one.phase in (Phase.BEFORE, Phase.STARTED) and one.new is not None]
    retired = [{"username": one.migration.new, "drop": True} for one in gone]
    there = [item for item in document.get("retired", []) if item["username"] not in {r["username"] for r in retired}]
    return {**document, "retired": [*there, *retired]}


def read(of: OfSpec) -> SpecText:
    """Raises SpecError when the file can't be read."""
    read_document(of.config)
    return SpecText(of.config.read_bytes().decode(), of.config)


def known(of: OfSpec, migrations: Sequence[Migration]) -> OfSpec:
    """Without secrets for users that a finished migration has taken from the spec."""
    there, old = by_name(read(of).document), {migration.old for migration in migrations}
    return replace(of, secrets=[secret for secret in of.secrets if secret.user in there or secret.user not in old])


def _spec(of: OfSpec, document: Document) -> AccessSpec:
    secrets = {secret.user: secret.arn for secret in of.secrets}
    return managed(AccessSpec.parse(with_secrets(document, secrets), Source(of.config)), of.managed_by)


def _edited(of: OfSpec, step: Step, migrations: Sequence[Migration], *, write: bool) -> Made:
    if not write:
        before = read(of)
        return Made(visible(difference(before, edits.made(before, migrations, step.edits))))
    with opened(of.config) as file:
        before = SpecText(file.text, of.config)
        after = edits.made(before, migrations, step.edits)
        if after != before:
            file.replace(after.text)
            output.changed(f"{one_line(str(shown(of.config)))} is changed")
        return Made(visible(difference(before, after)), changed=after != before)


def _show(done: Made, doing: Doing) -> None:
    if not doing.as_json:
        output.say_first(done.diff)


def _form(doing: Doing) -> str:
    return "json" if doing.as_json else "text"
