"""No text leaves its element, whatever is in it."""

from html.parser import HTMLParser

import pytest

from keyless.report.markup import Markup, element, joined, listed, name, table, text

HOSTILE = ("</script><img src=x onerror=alert(1)>", "\"'>&amp;<!--", "a\u202eb\n\x00\x1b[31m\u2028", "\ud800", "x" * 63)


TAGS = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "ul", "li"}


class Read(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.texts: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_text_is_one_text_and_nothing_else(hostile: str) -> None:
    read = Read(element("p", hostile, aria_label=hostile))
    assert [tag for tag, _ in read.tags] == ["p"]
    assert [key for key, _ in read.tags[0][1]] == ["aria-label"]
    assert "".join(read.texts) == read.tags[0][1][0][1]
    assert "".join(read.texts).isprintable()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_so_it_is_in_tables_and_lists(hostile: str) -> None:
    made = joined((table(hostile, (hostile,), [(hostile, name(hostile))]), listed([hostile, hostile], 1)))
    assert {tag for tag, _ in Read(made).tags} == TAGS


def test_markup_stays_what_it_is_and_text_is_escaped_once() -> None:
    assert text(text("<&>")) == "&lt;&amp;&gt;"
    assert joined(["<", Markup("<br/>")], ", ") == "&lt;, <br/>"


def test_a_list_says_how_much_of_it_is_left_out() -> None:
    assert "and 3 more" in listed(["a"] * 5, 2)
    assert "more" not in listed(["a"] * 5, 5)
