"""How a thing is named on the command line, and in statements for people to run."""

import pytest

from keyless.effective.named import Named
from keyless.effective.statements import identifier
from keyless.effective.things import QuestionError


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("app", Named("app")),
        ("app.foo", Named("app", "foo")),
        ("app.foo.event", Named("app", "foo", "event")),
        ("app.foo.event.id", Named("app", "foo", "event", "id")),
        ('app."a.b"."say ""x"" ("', Named("app", "a.b", 'say "x" (')),
        ("app.foo.f(integer, numeric(10,2))", Named("app", "foo", "f(integer, numeric(10,2))")),
        ("app.Foo.名前", Named("app", "Foo", "名前")),
    ],
)
def test_a_name_is_read_part_by_part(text: str, named: Named) -> None:
    assert Named.parse(text) == named


@pytest.mark.parametrize(
    "text", ["", ".", "app.", ".app", "app..event", "a.b.c.d.e", 'app."open', 'app."a"b', 'app.a"b']
)
def test_what_is_no_name_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(QuestionError, match="is not a name; allowed: DATABASE, "):
        Named.parse(text)


@pytest.mark.parametrize(
    ("name", "written"),
    [("foo", '"foo"'), ('a"b', '"a""b"'), ("a\x1b[b\n", 'U&"a\\+00001b[b\\+00000a"'), ("\\##[x]", 'U&"\\+00005c\\+000023\\+000023[x]"')],
)  # fmt: skip
def test_an_identifier_that_would_speak_to_a_terminal_is_written_in_escapes(name: str, written: str) -> None:
    assert identifier(name) == written
