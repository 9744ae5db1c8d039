"""The whole page: one file that loads nothing, and in which nothing runs but its own script."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Final

from keyless.report.contents import Contents
from keyless.report.markup import Markup, element, joined, verbatim
from keyless.report.sections import evidence, glance, history, matrix, picture, plan, proof, sources
from keyless.report.sections.section import Section

_NAME: Final = "Access report"
TITLE: Final = f"<title>{_NAME}"
"""How a page can be told from other files."""
_SECTIONS = (glance, picture, matrix, plan, proof, evidence, history, sources)


def page(of: Contents) -> str:
    sections = [each.section(of) for each in _SECTIONS]
    body = element("body", _skip(), _header(of, sections), element("main", *(s.markup for s in sections), id="main"))
    return f"<!DOCTYPE html>\n{element('html', _head(of), body, lang='en')}\n"


def _head(of: Contents) -> Markup:
    style, script = _asset("style.css"), _asset("script.js")
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", _title(of)),
        verbatim(style, "style"),
        verbatim(script, "script", type="module"),
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(of: str) -> str:
    return f"'sha256-{b64encode(sha256(of.encode()).digest()).decode()}'"


def _asset(name: str) -> str:
    return (files("keyless.report") / "assets" / name).read_text(encoding="utf-8")


def _title(of: Contents) -> str:
    return f"{_NAME}{f' of {of.environment}' if of.environment else ''}, {of.made:%Y-%m-%d}"


def _skip() -> Markup:
    return element("a", "To the content", href="#main", class_="skip")


def _header(of: Contents, sections: list[Section]) -> Markup:
    links = (element("li", element("a", section.title, href=f"#{section.id}")) for section in sections)
    when = element("time", f"{of.made:%Y-%m-%d %H:%M} UTC", datetime=of.made.isoformat(timespec="seconds"))
    about = element("p", "Made ", when, f" from {of.spec_file}", class_="about")
    header = element("header", element("h1", _title(of)), about)
    return joined((header, element("nav", element("ul", *links), aria_label="Contents")))
