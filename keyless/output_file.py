"""A file that a command is to write its result to, looked at before the command begins: what takes minutes to find out
isn't lost to a misspelt folder. And how it is written: all of it or, whatever happens, nothing."""

import argparse
import os
import secrets
import stat
from pathlib import Path
from typing import Final

_BEGINNING: Final = 1024


def output_file_made(text: str) -> Path:
    """For a command that makes the folders above it, too. Raises ArgumentTypeError."""
    path = Path(text)
    there = next(folder for folder in (path.parent, *path.absolute().parents) if folder.exists())
    output_file(str(there / path.name))
    return path


def output_file(text: str) -> Path:
    """For argparse, as `type`. Raises ArgumentTypeError."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder; allowed: a file")
    if not path.parent.is_dir():
        wrong = "is not a folder" if path.parent.exists() else "is not there"
        raise argparse.ArgumentTypeError(f"{path.parent} {wrong}; allowed: a file in a folder that is there")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} can't be written; allowed: a file that this user may write")
    return path


def json_file(text: str) -> Path:
    """The same for results as JSON, which take the place of such, and not of an access spec. Raises
    ArgumentTypeError."""
    path = output_file(text)
    if path.is_file():
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING).lstrip()
        if beginning and not beginning.startswith(b"{"):
            raise argparse.ArgumentTypeError(
                f"{text} is there and has something else in it than JSON; allowed: another file, or remove it first"
            )
    return path


def write_whole(path: Path, text: str) -> None:
    """What is there already stays until all of it is written beside that, and keeps its mode. A link stays one. What is
    not a file, such as /dev/stdout, is written to.

    Raises:
        OSError: when it can't be; what was there is as it was.
    """
    real = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    new = real.with_name(f".{real.name}.{secrets.token_hex(8)}")
    try:
        with new.open("x", encoding="utf-8") as file:
            file.write(text)
            if real.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(real.stat().st_mode))
            file.flush()
            os.fsync(file.fileno())
        new.replace(real)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
