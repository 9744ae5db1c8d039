"""A file is what Python's own YAML parser says that it is, or is refused in a sentence, whichever parser reads it."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db_access.errors import SpecError
from db_access.spec import AccessSpec, yaml_loader
from db_access.spec.unreadable import NotValidError

SAMPLE = (Path(__file__).parents[3] / "sample_access.yaml").read_text()


def without_libyaml() -> ModuleType:
    """The module as it is where PyYAML has no libyaml."""
    found = importlib.util.spec_from_file_location("yaml_loader_without_libyaml", yaml_loader.__file__)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        found.loader.exec_module(module)
    return module


PLAIN = without_libyaml()


def answer(read: Callable[[str], Any], text: str) -> str:
    """The value, or the error with all that a message is made of."""
    try:
        return repr(read(text))
    except NotValidError as error:
        return f"{error} {error.line}"
    except yaml.MarkedYAMLError as error:
        marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark]
        return f"{type(error)} {error.context} {error.problem} {marks}"
    except yaml.reader.ReaderError as error:
        return f"{type(error)} {error.position} {error.character}"
    except (yaml.YAMLError, ValueError, TypeError) as error:
        return f"{type(error)} {error}"


def lines(node: Any) -> Any:
    """The lines of all that a place can lead to."""
    if isinstance(node, yaml.SequenceNode):
        return [(item.start_mark.line, lines(item)) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return [(key.start_mark.line, lines(key), lines(value)) for key, value in node.value]
    return node.value if node else None


def same(text: str) -> None:
    assert answer(yaml_loader.load, text) == answer(PLAIN.load, text)
    assert answer(lambda text: lines(yaml_loader.compose(text)), text) == answer(
        lambda text: lines(PLAIN.compose(text)), text
    )


PIECES = [
    *"ab1-:,[]{}'\"|>#&*!%@`\\=~.?<é😀\xa0\x85\u2028\ufeff\x07\ufffd",
    *(
        "null",
        "0x1",
        "1e3",
        "1:2:3",
        "2001-01-01",
        "2001-99-99",
        "''",
        '""',
        "\\x41",
        '"\\ud800"',
        "http://x",
        "arn:aws:s3:::x",
    ),
    *("&a", "*a", "&a.b", "!!str", "!x", "!!int", "!!bool", "!!null", "!!timestamp", "!!set", "!!binary", "<<: "),
    *("%YAML", "---", "...", "|-", "|+", ">2", "|#", "--", "::", "a#b", "a?", "[a?]", "?a", "{a:b}", "[a:b]"),
]
SPACE = [" ", " ", "  ", "\n", "\n", "\n  ", "\n    ", "\t", "\r", "\n- ", "\nk: ", ": ", "- ", ", ", " #", ""]
soup = st.lists(st.sampled_from([*PIECES, *SPACE, *SPACE]), max_size=14).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
dumps = st.builds(
    lambda value, flow, unicode: yaml.safe_dump(value, default_flow_style=flow, allow_unicode=unicode),
    values,
    st.sampled_from([True, False, None]),
    st.booleans(),
)


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """Some of the sample, with something else in a place or two."""
    all_lines = SAMPLE.splitlines(keepends=True)
    start = draw(st.integers(0, len(all_lines)))
    text = "".join(all_lines[start : start + draw(st.integers(1, 12))])
    for _ in range(draw(st.integers(1, 2))):
        place, gone = draw(st.integers(0, len(text))), draw(st.integers(0, 2))
        text = text[:place] + draw(st.sampled_from([*PIECES, *SPACE])) + text[place + gone :]
    return text


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(text=soup | dumps | misspelt())
@example(SAMPLE)
@example("a: 1\na: 2")
@example("a: &x {b: 1}\nc: {<<: *x, d: 2}\ne: {<<: [*x, *x], b: 3}")
@example("a:\tb")
@example("a: !")
@example("a: |# no text")
@example("k: [a?]")
@example("? [1]\n: 2")
@example("a: &x [*x]")
@example("[" * 60 + "]" * 60)
def test_both_parsers_give_or_refuse_the_same_in_the_same_words_with_the_same_lines(text: str) -> None:
    same(text)


def repeated(levels: int) -> str:
    """Nine times each."""
    first, *others = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(levels + 1))
    return first.replace("*a-1", "x") + "".join(others)


def test_aliases_stay_one_value_however_often_they_are_named() -> None:
    for module in (yaml_loader, PLAIN):
        document = module.load(repeated(5))
        assert all(document["a5"][place] is document["a4"] for place in range(9))


@pytest.mark.parametrize("levels", [6, 29])
def test_more_than_memory_holds_is_refused_where_aliases_repeat_it(levels: int, tmp_path: Path) -> None:
    """Whatever looks at each value would take for ever: a few lines stand for 9 ** 30."""
    (tmp_path / "a.yaml").write_text(repeated(levels))
    with pytest.raises(SpecError, match=r"a\.yaml:1: it has more than 2,000,000 values, as its aliases"):
        AccessSpec.load(tmp_path / "a.yaml")


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML has no libyaml")
def test_libyaml_reads_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml.parser.Parser, "get_event")
    assert yaml_loader.load(SAMPLE)
    with pytest.raises(AttributeError):
        PLAIN.load(SAMPLE)


DEEP = 200_000
"""More levels than any stack has."""


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yaml", "a:\n  - &x [*x]\n", 2),
        ("a.yaml", "a: 1\nb: &x\n  c: {d: *x}\n", 3),
        ("a.yaml", "&x [*x]", 1),
        ("a.yaml", "a: &x {<<: *x}", 1),
        ("a.yaml", "a: &x\n  ? [*x]\n  : 1\n", 2),
        ("a.yaml", "a:\n  " + "[" * DEEP, 2),
        ("a.yaml", "- " * DEEP, 1),
        ("a.yaml", "? " * DEEP, 1),
        ("a.yaml", "{a: " * DEEP, 1),
        ("a.yaml", "\n".join(" " * level + "a:" for level in range(2000)), 50),
        ("a.yaml", "a:\n  b: " + "[" * 60 + "]" * 60, 2),
        ("a.json", "[" * DEEP, 1),
        ("a.json", '{"users": [' + "[" * 60 + "]" * 60 + "]}", 1),
        ("a.json", '{"users": [' + "[" * 900 + "]" * 900 + "]}", 1),
    ],
)
def test_nesting_without_end_is_refused_in_a_sentence(
    name: str, text: str, line: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(tmp_path / name)
    where = f"{name}:{line}" if line else name
    (problem,) = refused.value.problems
    assert problem.startswith(f"{where}: values are nested more than 50 levels deep, or one contains itself"), problem


@pytest.mark.parametrize("value", ["!!bool x", "!!timestamp x", "!!int ''", "!!float ''", "!!bool ''"])
def test_a_tag_that_its_value_does_not_fit_is_refused_in_a_sentence(value: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"a: 1\nb: {value}\n")
    with pytest.raises(SpecError, match=r"a\.yaml:2: a tag, `!!\.\.\.`, that its value doesn't fit"):
        AccessSpec.load(tmp_path / "a.yaml")


@pytest.mark.parametrize("value", ["2001-99-99", "!!int x", "9" * 5000])
def test_a_value_that_python_has_not_is_refused_with_its_line(value: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"a: 1\nb: {value}\n")
    with pytest.raises(SpecError, match=r"a\.yaml:2: "):
        AccessSpec.load(tmp_path / "a.yaml")


def test_a_spec_is_read_though_python_has_little_stack_left(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("databases: [{name: app}]\nusers: " + "[" * 40 + "]" * 40)

    def below(levels: int) -> None:
        if levels:
            below(levels - 1)
        else:
            with pytest.raises(SpecError):
                AccessSpec.load(tmp_path / "a.yaml")

    below(sys.getrecursionlimit() // 3)
