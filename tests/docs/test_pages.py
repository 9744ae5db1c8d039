"""Every block of code has a kind whose test runs it, or says why nothing can; every link and path leads somewhere."""

from collections import Counter
from pathlib import Path

import pytest

from tests.docs.reading.kinds import NOT_RUN, unknown
from tests.docs.reading.links import dead_links, dead_paths
from tests.docs.reading.pages import BLOCKS, PAGES, Page


def page(text: str) -> Page:
    return Page("docs/new.md", text)


def test_every_block_has_a_kind_that_is_run_or_a_reason() -> None:
    assert [problem for block in BLOCKS for problem in unknown(block)] == []


def test_the_blocks_that_are_not_run_are_these_and_no_others() -> None:
    assert Counter((block.page, block.not_run) for block in BLOCKS if block.not_run) == NOT_RUN


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("    make test", "is indented"),
        ("```\nmake test\n```", "has no language"),
        ("```ruby\nputs 1\n```", "'ruby' is not a kind"),
        ("```yaml\nusers: []\n```", "'yaml' is not a kind"),
        ("- item\n\n      make test", "is indented"),
        ("<!-- not run: tired -->\n\ntext\n\n```\nmake test\n```", "has no language"),
    ],
)
def test_a_block_without_a_kind_is_seen(text: str, problem: str) -> None:
    (block,) = page(text).blocks
    assert problem in "".join(unknown(block))


def test_a_reason_stands_for_the_next_block_only() -> None:
    first, second = page("<!-- not run: a drawing -->\n```text\na\n```\n\n```text\nb\n```").blocks
    assert (first.not_run, second.not_run) == ("a drawing", "")
    assert list(unknown(first)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_anchor_leads_somewhere(name: str) -> None:
    assert list(dead_links(PAGES[name], PAGES)) == []


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"CHANGELOG.md"}))
def test_every_path_of_the_project_that_is_named_is_there(name: str) -> None:
    """CHANGELOG.md aside, which tells of what was."""
    assert list(dead_paths(PAGES[name])) == []


@pytest.mark.parametrize("link", ["missing.md", "#nowhere", "gates.md#nowhere", "../READ.md", "/docs/gates.md"])
def test_a_dead_link_is_seen(link: str) -> None:
    assert list(dead_links(page(f"# Here\n[x]({link})"), PAGES))


def test_links_that_lead_somewhere_are_no_problem() -> None:
    text = (
        "# How it's `done`, here\n[a](#how-its-done-here) [b](gates.md#rules) [c](../Makefile) [d](https://example.com)"
    )
    assert list(dead_links(page(text), PAGES)) == []


@pytest.mark.parametrize("path", ["tests/unit/test_gone.py", "docs/*.rst", "stacks/gone/", "test_gone.py"])
def test_a_path_that_is_gone_is_seen(path: str) -> None:
    assert list(dead_paths(page(f"See `{path}`.")))


def test_paths_that_are_there_are_no_problem() -> None:
    text = (
        "`Makefile`, `docs/*.md`, `tests/docs/`, `test_pages.py`, `tests/docs/test_pages.py::test_a_dead_link_is_seen`"
    )
    assert list(dead_paths(page(text))) == []
    assert list(dead_paths(page("`tests/docs/test_pages.py::test_gone`")))
    assert Path(__file__).name == "test_pages.py"


@pytest.mark.parametrize("path", ["node_modules/gone", "tests/iam/node_modules", "tests/gone/node_modules/a.js"])
def test_what_commands_make_needs_not_be_there(path: str) -> None:
    assert list(dead_paths(page(f"See `{path}`."))) == []
