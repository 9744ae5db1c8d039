"""What stood in for AWS is told of the family that was rehearsed, and of no other."""

import io

import pytest
from rich.console import Console

from keyless.rehearsal.lines.report.evidence import show_stand_ins


@pytest.mark.parametrize(
    ("server", "other"), [("PostgreSQL", "MySQL"), ("MySQL", "PostgreSQL"), ("MariaDB", "PostgreSQL")]
)
def test_the_server_is_named_and_no_other_familys(server: str, other: str) -> None:
    for every in (False, True):
        console = Console(file=io.StringIO(), width=400)
        show_stand_ins(server, 3, console, every=every)
        assert isinstance(console.file, io.StringIO)
        text = console.file.getvalue()
        assert server in text
        assert other not in text
