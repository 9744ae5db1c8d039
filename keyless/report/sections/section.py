"""A part of the page under its heading, which the table of contents leads to."""

from dataclasses import dataclass
from typing import Final

from keyless.report.markup import Markup, element, joined

SIGNS: Final = {True: "✓", False: "✗", None: "○"}
"""Understood without colour: as it should be, not so, not known."""
_CLASSES: Final = {True: "good", False: "bad", None: "open"}


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    inside: Markup

    @property
    def markup(self) -> Markup:
        heading = element("h2", self.title, id=f"{self.id}-heading")
        return element("section", heading, self.inside, id=self.id, aria_labelledby=f"{self.id}-heading")


def verdict(holds: bool | None, words: str) -> Markup:
    """A sign and words that say the same."""
    sign = element("span", SIGNS[holds], class_="sign", aria_hidden="true")
    return element("span", joined((sign, " ", words)), class_=f"verdict {_CLASSES[holds]}")


def counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
