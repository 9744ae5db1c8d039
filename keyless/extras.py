"""What some commands need beside what the library's wheel brings: the packages of its extra `rehearsal`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_OWN: Final = ("keyless", "keyless_aurora", "keyless_checks", "keyless_client", "keyless_probe", "db_access")


@contextmanager
def needed(command: str) -> Iterator[None]:
    """Around the import of what runs `command`.

    Raises:
        SystemExit: with status 1, after a sentence, when a package isn't installed that isn't the library's own.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in _OWN:
            raise
        print(
            f"{command} needs the package {package}, which is not installed; allowed: pip install with the extra "
            "`rehearsal`, as 'keyless-aurora[rehearsal]' or 'FILE.whl[rehearsal]'",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
