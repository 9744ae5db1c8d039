"""Numbers of a command line, refused in our words."""

from collections.abc import Callable
from typing import TypeVar

import typer

Number = TypeVar("Number", int, float)


def number(kind: type[Number], least: int, most: int) -> Callable[[object], Number]:
    """Reads a whole number, or seconds where it is a float, from `least` to `most`."""
    what = "a whole number" if kind is int else "seconds"

    def read(text: object) -> Number:
        try:
            found = kind(str(text))
        except ValueError:
            found = kind(least - 1)
        if not least <= found <= most:
            raise typer.BadParameter(f"{str(text)!r} is not allowed; allowed: {what} from {least:,} to {most:,}")
        return found

    return read
