"""Options of a command line: names, and the values behind them."""

from collections.abc import Iterator, Sequence


def options(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each option with the words behind it, as far as the next one; first "" with those before any option."""
    name = ""
    values: list[str] = []
    for word in words:
        if word.startswith("-") and len(word) > 1:
            yield name, tuple(values)
            name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
            values = [value] if equals else []
        else:
            values.append(word)
    yield name, tuple(values)
