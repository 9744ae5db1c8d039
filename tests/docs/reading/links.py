"""Where links and named paths lead."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from posixpath import dirname, join, normpath

from tests.docs.reading.pages import ROOT, Page, Span

_TOP = frozenset(path.name for path in ROOT.iterdir() if path.is_dir())
_MADE = frozenset({"cdk.out", "node_modules", ".venv", "bench.out"})
"""Folders that commands make, wherever they are; a fresh clone has none."""
_PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)+/?")


def dead_links(page: Page, pages: Mapping[str, Page]) -> Iterator[str]:
    """A sentence for each relative link that leads to no file, or to no heading of a page."""
    for link in page.links:
        if re.match(r"[a-z]+:", link.text):
            continue
        path, _, anchor = link.text.partition("#")
        target = normpath(join(dirname(page.name), path)) if path else page.name
        if path.startswith("/") or not (target == page.name or (ROOT / target).exists()):
            yield f"{link.place}: {link.text} leads to no file"
        elif anchor and anchor not in (page if target == page.name else pages[target]).anchors:
            yield f"{link.place}: {link.text} leads to no heading of {target}"


def dead_paths(page: Page) -> Iterator[str]:
    """A sentence for each code span that names a file, folder, glob or test of the project that isn't there."""
    for span in page.spans:
        if problem := dead(span):
            yield f"{span.place}: {problem}"


def dead(span: Span) -> str:
    path, _, test = span.text.partition("::")
    if re.fullmatch(r"test_\w+\.py", path):
        return "" if next(ROOT.glob(f"tests/**/{path}"), None) else f"no test is named {path}"
    parts = path.split("/")
    if not _PATH.fullmatch(path) or parts[0] not in _TOP or not _MADE.isdisjoint(parts):
        return ""
    if not _there(path):
        return f"{path} is not in the project"
    if test and f"def {test}(" not in (ROOT / path).read_text():
        return f"{path} has no test {test}"
    return ""


@cache
def _there(path: str) -> bool:
    return next(ROOT.glob(path.rstrip("/")), None) is not None
