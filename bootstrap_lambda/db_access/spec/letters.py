"""Characters that Python calls printable and that show nothing. Knows no document."""

from typing import Final

_IGNORABLE: Final = (
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x180E), 0x180F, 0x3164, *range(0xFE00, 0xFE10)),
    *(0xFFA0, *range(0xE0100, 0xE01F0)),
)
"""What of Default_Ignorable_Code_Point prints for Python (Unicode Character Database, DerivedCoreProperties.txt)."""
_BRAILLE_BLANK: Final = 0x2800
FILLERS: Final = frozenset(map(chr, (*_IGNORABLE, _BRAILLE_BLANK)))


def seen(letter: str) -> bool:
    """Whether a reader sees that the character is there, be it as a space."""
    return letter.isprintable() and letter not in FILLERS


def all_seen(text: str) -> bool:
    return text.isprintable() and (text.isascii() or FILLERS.isdisjoint(text))
