"""What a server does when it starts: it writes its settings, which are no secret, and runs what it is told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

FILE: Final = "/etc/keyless/connection.env"
"""For systemd's `EnvironmentFile=`, and for whoever sources it in a shell."""
_END: Final = "END-OF-SETTINGS"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.@-]+")


def settings_file(settings: Mapping[str, str]) -> list[str]:
    """Lines of a shell that write the file; the shell expands nothing in them."""
    return [
        f"install -d -m 0755 {FILE.rpartition('/')[0]}",
        f"cat > {FILE} <<'{_END}'",
        *(f"{name}={value}" for name, value in settings.items()),
        _END,
        f"chmod 0644 {FILE}",
    ]


def script(settings: Mapping[str, str], commands: Sequence[str]) -> str:
    """All of it, for an image whose shell is bash. Who is told nothing has no file."""
    return "\n".join(["#!/bin/bash", "set -eu", *(settings_file(settings) if settings else []), *commands, ""])


def file_problems(**names: str) -> Iterator[str]:
    """Why the file can't hold them as they are: systemd and shells read quotes, backslashes and dollars otherwise."""
    for what, name in names.items():
        if not _PLAIN.fullmatch(name):
            yield (
                f"{what} {name!r} would be read otherwise from a server's file of settings; allowed: letters, digits "
                "and _.@-"
            )
