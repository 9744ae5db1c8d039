"""How SQL that is shown writes names and texts: so that everything in it prints. It goes to terminals and logs, and a
name could speak to either. Pure.

Source: PostgreSQL, "Lexical Structure": U&"…" and U&'…', where standard_conforming_strings is on, as in every session
and script of ours.
"""

import re
from typing import Final

from db_access.wording import COMMAND

_QUOTED: Final = re.compile(r"""E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*\"""", re.DOTALL)


def identifier(name: str) -> str:
    """Always quoted, so that no name is taken for a keyword or another name."""
    return printable('"{}"'.format(name.replace('"', '""')))


def printable(sql: str) -> str:
    """The same statement, with escapes for what doesn't print in quoted names and texts."""
    return sql if _shows(sql) else _QUOTED.sub(lambda found: _printable(found[0]), sql)


def _shows(text: str) -> bool:
    """As it is, and nothing else by it."""
    return text.isprintable() and COMMAND not in text


def _printable(quoted: str) -> str:
    if _shows(quoted):
        return quoted
    if quoted.startswith("E"):  # where a backslash is written as two already
        escaped = "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in quoted)
        return escaped.replace(COMMAND, "#\\U00000023[")
    doubled = quoted.replace("\\", "\\\\")
    escaped = "".join(letter if letter.isprintable() else f"\\+{ord(letter):06X}" for letter in doubled)
    return "U&" + escaped.replace(COMMAND, "#\\+000023[")
