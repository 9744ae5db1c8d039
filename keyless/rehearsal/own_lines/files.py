"""Finds and reads the files beside the functions of an assembly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from keyless.rehearsal.deployment.clients import functions, source
from keyless.rehearsal.deployment.workloads import sources
from keyless.rehearsal.own_lines.model import FILE, RehearsalFile
from keyless.rehearsal.own_lines.reading import RehearsalFileError, read

Called = TypeVar("Called")
_MISTAKEN: Final = "rehearsal.y*ml"
_REQUEST: Final = frozenset({"path", "method", "body"})
_NAME: Final = f"is read by nothing under this name; allowed: {FILE}"


def read_all(app: Path, templates: Sequence[Mapping[str, Any]], server: str | None = None) -> dict[str, RehearsalFile]:
    """The files of functions that have a database user, of services and servers, by their folder as seen from `app`.
    `server` is as in `read`.

    Raises:
        RehearsalFileError: with every problem of every file.
    """
    files, problems = {}, []
    for folder in _sources(templates):
        problems += [f"{path} {_NAME}" for path in sorted((app / folder).glob(_MISTAKEN)) if path.name != FILE]
        if not (path := app / folder / FILE).is_file():
            continue
        try:
            files[folder] = read(path, server)
        except RehearsalFileError as error:
            problems.append(str(error))
    for folder in files.keys() & {folder for template in templates for folder in sources(template)}:
        problems += _not_asked(app / folder / FILE, files[folder])
    if problems:
        raise RehearsalFileError("\n".join(problems))
    return files


def _not_asked(path: Path, file: RehearsalFile) -> Iterator[str]:
    """A service and a server are asked over HTTP."""
    for number, line in enumerate(file.lines):
        if not (line.event.keys() <= _REQUEST and str(line.event.get("path", "")).startswith("/")):
            yield f"{path}, lines[{number}].event is not a request; allowed: {{path: /…, method: GET, body: …}}"


def in_order(folders: Iterable[tuple[Called, Path]], server: str) -> list[tuple[Called, RehearsalFile]]:
    """Each with the file in its folder, where there is one. `server` is as in `read`.

    Raises:
        RehearsalFileError: with the problems of all.
    """
    found, problems = [], []
    for each, folder in folders:
        if not (folder / FILE).is_file():
            continue
        try:
            found.append((each, read(folder / FILE, server)))
        except RehearsalFileError as error:
            problems.append(str(error))
    if problems:
        raise RehearsalFileError("\n".join(problems))
    return sorted(found, key=lambda pair: pair[1].order)


def uncalled(app: Path, templates: Sequence[Mapping[str, Any]]) -> Iterator[Path]:
    """Files in folders beside those of the functions, in which no function of the templates has its code."""
    folders = {app / folder for folder in _sources(templates)} - {app}
    for parent in sorted({folder.parent for folder in folders}):
        yield from (path for path in sorted(parent.glob(f"*/{FILE}")) if path.parent not in folders)


def _sources(templates: Sequence[Mapping[str, Any]]) -> list[str]:
    """The folders of the functions' code that the templates name, each once."""
    of_functions = [source(body) for template in templates for _, _, body in functions(template)]
    named = dict.fromkeys([*of_functions, *(folder for template in templates for folder in sources(template))])
    return [folder for folder in named if folder]
