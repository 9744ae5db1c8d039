"""How two documents of evidence differ: where a stand-in doesn't say what AWS says, or the other way round."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from db_access.spec.files.json_errors import in_words

Document = Mapping[str, Any]
_TEXTS: Final = ("where", "environment", "spec")
_LISTS: Final = {"lines": ("what", "measured", "text", "holds"), "points": ("asks", "answer")}
"""What each entry has, among others."""
_ALLOWED: Final = "allowed: a file that `keyless verify --json` wrote, on an account or with --rehearsed"


class ForeignError(Exception):
    """A file is not what a verify wrote."""


def read(file: Path) -> Document:
    """Raises ForeignError."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ForeignError(f"{file} is not valid JSON: {in_words(error.msg)}; {_ALLOWED}") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise ForeignError(f"{file} can't be read: {why}; {_ALLOWED}") from error
    if problem := next(_problems(found), None):
        raise ForeignError(f"{file} is not the evidence of a verify: {problem}; {_ALLOWED}")
    return dict(found)


def read_both(one: Path, other: Path) -> tuple[Document, Document]:
    """Raises ForeignError with what is wrong with each."""
    documents, wrong = [], []
    for file in (one, other):
        try:
            documents.append(read(file))
        except ForeignError as error:
            wrong.append(str(error))
    if wrong:
        raise ForeignError("\n".join(wrong))
    return documents[0], documents[1]


def _problems(found: Any) -> Iterator[str]:
    if not isinstance(found, dict):
        yield "it is no JSON object"
        return
    yield from (f"its `{name}` is missing, or no text" for name in _TEXTS if not isinstance(found.get(name), str))
    for name, fields in _LISTS.items():
        entries = found.get(name)
        if not isinstance(entries, list):
            yield f"its `{name}` is missing, or no list"
        elif not all(isinstance(entry, dict) and entry.keys() >= set(fields) for entry in entries):
            yield f"an entry of its `{name}` lacks one of {', '.join(fields)}"


def differences(one: Document, other: Document) -> Iterator[str]:
    """A sentence each."""
    names = ("the first", "the second") if one["where"] == other["where"] else (one["where"], other["where"])
    for key in ("environment", "spec"):
        yield from _differs(key, names, *((document[key],) for document in (one, other)))
    for key, name, of in (("lines", "what", _said), ("points", "asks", _answer)):
        here, there = ({entry[name]: of(entry) for entry in document[key]} for document in (one, other))
        for what in dict.fromkeys([*here, *there]):
            yield from _differs(what, names, here.get(what, ()), there.get(what, ()))


def _differs(what: str, names: tuple[str, str], here: tuple[Any, ...], there: tuple[Any, ...]) -> Iterator[str]:
    if not (here and there):
        yield f"{what}: in {names[0] if here else names[1]} only"
    elif here != there:
        yield f"{what}: {names[0]} says {_shown(here)}; {names[1]} says {_shown(there)}"


def _said(line: Document) -> tuple[str, str]:
    """Without what is each place's own: the host, the address, how long it took."""
    text = "" if line["measured"] == "allowed" else str(line["text"]).rsplit("FATAL:", 1)[-1].strip()
    return f"{line['measured']}{'' if line['holds'] else ', not as expected'}", text


def _answer(point: Document) -> tuple[str]:
    return (str(point["answer"]),)


def _shown(said: tuple[Any, ...]) -> str:
    return ": ".join(repr(part) for part in said if part)
