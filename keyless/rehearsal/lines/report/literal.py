"""Text that others wrote, for a terminal: each name and message as it is, on one line, no longer than one reads."""

from typing import Final

from rich.text import Text

from db_access.wording import one_line

MOST: Final = 1_000
"""Characters. The evidence as JSON has the whole."""


def literal(text: object, style: str = "") -> Text:
    """Not markup, with an escape for each character that doesn't print."""
    whole = str(text)
    cut = whole if len(whole) <= MOST else f"{whole[:MOST]}… ({len(whole):,} characters)"
    return Text(one_line(cut), style)
