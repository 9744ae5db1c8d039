"""An app without a function, a schema or a user of its own is rehearsed, too: by the command, which keeps it until Enter.

What it has measured is in its file and on the screen before that, for whoever looks around meanwhile, who can have it
measured again, and all of it is afterwards.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.rehearsal.apps.generated import BARE
from tests.rehearsal.waiting import becomes

SECONDS = 600.0
TABLE = "Who can do what"


@contextmanager
def kept(app: Path, file: Path, said: Path) -> "Iterator[subprocess.Popen[str]]":
    """A rehearsal that waits for Enter."""
    arguments = ("--app", str(app), "--environment", BARE.environment, "--keep", "--json", str(file))
    command = [sys.executable, "-m", "keyless.rehearsal", *arguments]
    with (
        said.open("w") as out,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


def waits(said: Path, times: int) -> bool:
    return said.read_text().count("Press Enter") >= times


def found(file: Path) -> dict[str, dict[str, Any]]:
    """The lines of the file, by what they are about."""
    return {line["what"]: line for line in json.loads(file.read_text())["lines"]}


def test_every_line_holds_and_the_file_has_them_before_enter(tmp_path: Path) -> None:
    (folder := tmp_path / "app").mkdir()
    file, said = tmp_path / "evidence.json", tmp_path / "said"
    with kept(BARE.write(folder).path, file, said) as rehearsal:
        assert becomes(lambda: waits(said, 1) or rehearsal.poll() is not None, SECONDS)
        before = found(file) if file.exists() else {}
        assert said.read_text().count(TABLE) == 1
        assert rehearsal.stdin is not None
        rehearsal.stdin.write("m\n")
        rehearsal.stdin.flush()
        assert becomes(lambda: waits(said, 2) or rehearsal.poll() is not None, SECONDS)
        assert said.read_text().count(TABLE) == 2
        rehearsal.communicate("\n", timeout=SECONDS)
    assert (rehearsal.returncode, bool(before)) == (0, True), said.read_text()
    after = found(file)
    assert [what for what, line in after.items() if not line["holds"]] == []
    assert {line["group"] for line in after.values()} >= {"function Watch", "user drift_watch", "platform"}
    assert before.items() < after.items()
