"""Nothing in a spec can start a line, hide or reorder what is shown of it, wherever it is shown."""

from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec

DOCUMENT: dict[str, Any] = {
    "version": 1,
    "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner", "creators": ["maker"]}]}],
    "groups": [{"name": "readers", "description": "who reads"}],
    "owners": [{"name": "app_owner", "databases": ["app"]}],
    "users": [
        {
            "username": "writer",
            "description": "who writes",
            "groups": ["readers"],
            "databases": ["app"],
            "settings": {"application_name": "writer"},
            "grants": [{"database": "app", "schemas": ["foo"], "tables": ["INSERT"], "only": ["foo.event"]}],
        },
        {
            "username": "keyed",
            "grants": [{"database": "app", "schemas": ["foo"], "access": "write_only", "key_columns": ["id"]}],
        },
    ],
    "retired": [{"username": "left"}],
    "acknowledged": [{"username": "dba", "reason": "on call"}],
}
LETTERS = {
    "\n": "U+000A",
    "\r": "U+000D",
    "\t": "U+0009",
    "\0": "U+0000",
    "\x1b": "U+001B",
    "\x85": "U+0085",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u2066": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "\u200b": "U+200B ZERO WIDTH SPACE",
    "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "\u2028": "U+2028 LINE SEPARATOR",
    "\u2029": "U+2029 PARAGRAPH SEPARATOR",
    "\u00a0": "U+00A0 NO-BREAK SPACE",
    "\ud800": "U+D800",
    "\ue000": "U+E000",
    "\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A",
    "\u034f": "U+034F COMBINING GRAPHEME JOINER",
    "\u115f": "U+115F HANGUL CHOSEONG FILLER",
    "\u1160": "U+1160 HANGUL JUNGSEONG FILLER",
    "\u17b4": "U+17B4 KHMER VOWEL INHERENT AQ",
    "\u180b": "U+180B MONGOLIAN FREE VARIATION SELECTOR ONE",
    "\u180f": "U+180F MONGOLIAN FREE VARIATION SELECTOR FOUR",
    "\u2800": "U+2800 BRAILLE PATTERN BLANK",
    "\u3164": "U+3164 HANGUL FILLER",
    "\ufe0f": "U+FE0F VARIATION SELECTOR-16",
    "\uffa0": "U+FFA0 HALFWIDTH HANGUL FILLER",
    "\U000e0100": "U+E0100 VARIATION SELECTOR-17",
}
LINES = {"description", "reason"}


def places(value: Any, *at: str | int) -> list[tuple[str | int, ...]]:
    """Where the document has a text."""
    match value:
        case dict():
            return [place for key, item in value.items() for place in places(item, *at, key)]
        case list():
            return [place for index, item in enumerate(value) for place in places(item, *at, index)]
        case str():
            return [at]
    return []


def with_text(value: Any, place: tuple[str | int, ...], letter: str) -> Any:
    """The document with `letter` in the text at `place`."""
    if not place:
        return f"{value}{letter}"
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    copied[place[0]] = with_text(value[place[0]], place[1:], letter)
    return copied


def problems(document: Any) -> tuple[str, ...]:
    with pytest.raises(SpecError) as refused:
        AccessSpec.parse(document)
    return refused.value.problems


def test_the_document_is_valid() -> None:
    assert AccessSpec.parse(DOCUMENT)


@pytest.mark.parametrize("place", places(DOCUMENT), ids=str)
def test_a_line_break_is_refused_wherever_a_name_may_be(place: tuple[str | int, ...]) -> None:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
    letter = "\v" if place[-1] in LINES else "\n"
    found = [p for p in problems(with_text(DOCUMENT, place, letter)) if p.startswith((f"{text}: ", f"{text} ("))]
    assert any(f"U+{ord(letter):04X}" in p and "allowed: printable characters" in p for p in found), found


@pytest.mark.parametrize("letter", LETTERS, ids=ascii)
@pytest.mark.parametrize("place", [("users", 0, "username"), ("databases", 0, "schemas", 0, "name")], ids=str)
def test_what_does_not_print_is_refused_by_its_code_point(place: tuple[str | int, ...], letter: str) -> None:
    found = problems(with_text(DOCUMENT, place, letter))
    assert any(f"contains {LETTERS[letter]}" in problem for problem in found), found
    assert letter not in found[0]


@pytest.mark.parametrize("place", [place for place in places(DOCUMENT) if place[-1] in LINES], ids=str)
def test_a_description_may_have_an_emoji_with_its_variation_selector(place: tuple[str | int, ...]) -> None:
    assert AccessSpec.parse(with_text(DOCUMENT, place, "\u26a0\ufe0f"))


@pytest.mark.parametrize("place", [place for place in places(DOCUMENT) if place[-1] in LINES], ids=str)
def test_a_description_may_have_several_lines(place: tuple[str | int, ...]) -> None:
    assert AccessSpec.parse(with_text(DOCUMENT, place, "\n\tand more"))


@pytest.mark.parametrize("name", ["ÜNÏCÖDÉ", "名前", "🔑", "e\u0301", "two words", "quo\"te'", "`", "::error::"])
def test_letters_of_every_script_are_names(name: str) -> None:
    assert AccessSpec.parse(with_text(DOCUMENT, ("retired", 0, "username"), name))


def test_a_key_can_not_start_a_line_in_the_message_that_refuses_it() -> None:
    found = problems({**DOCUMENT, "\n::error::owned": 1})
    assert any("doesn't print" in problem for problem in found)
    assert not any("\n" in problem for problem in found), found


def test_a_password_put_there_by_mistake_is_not_shown() -> None:
    user = {"username": "u", "auth_method": "password", "password": "hunter\n2"}
    document = {**DOCUMENT, "users": [{**user, "colour": "red"}]}
    assert not any("hunter" in problem for problem in problems(document))
