"""The text of a file."""

from pathlib import Path
from typing import Final

from keyless.report.read.errors import ForeignFileError

_MOST_BYTES: Final = 50_000_000


def read(path: Path, option: str) -> str:
    """Raises ForeignFileError."""
    try:
        with path.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)  # a device or a pipe doesn't say how much it has
        if len(content) > _MOST_BYTES:
            raise ForeignFileError(f"{option}: {path} has more than {_MOST_BYTES:,} bytes; allowed: a part of it")
        return content.decode()
    except OSError as error:
        raise ForeignFileError(f"{option}: {path} can't be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ForeignFileError(f"{option}: {path} is not text in UTF-8; allowed: JSON") from error
