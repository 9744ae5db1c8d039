"""What `keyless doctor` writes: words, Markdown and JSON that no name gets out of, and errors."""

import json
from itertools import takewhile

import pytest

from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.doctor.logins import PERSON
from tests.rehearsal.lines.examining import Examining

HOSTILE = 'ev"il\x1b[31m</script>|`x`\u202e'


def written(examining: Examining, *arguments: str) -> tuple[int, str]:
    examining.capture.readouterr()
    status = examining.run(*arguments)
    return status, examining.capture.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_name_speaks_to_no_terminal_and_leaves_no_cell(examining: Examining, form: str) -> None:
    hostile = ("--as", HOSTILE, "--database", HOSTILE, "--via", "direct")
    status, out = written(examining, "--env", "dev", *hostile, "--format", form)
    assert status == 2
    assert all(letter.isprintable() or letter == "\n" for letter in out)
    if form == "markdown":
        rows = [row for row in out.splitlines() if row.startswith("|")]
        assert {len(row.replace("\\|", "").split("|")) for row in rows} == {7}
    if form == "json":
        assert json.loads(out)["user"] == HOSTILE


def test_it_says_so_in_words(examining: Examining) -> None:
    status, out = written(examining, *PERSON)
    assert (status, out.splitlines()[-1]) == (0, "All 20 hops are well.")
    assert {line.partition(" ")[0] for line in out.splitlines()[1:-1]} == {"ok"}


def test_what_is_wrong_is_said_with_its_evidence_and_the_way_out(examining: Examining) -> None:
    status, out = written(examining, *PERSON[:2], "--as", "migrator", *PERSON[4:])
    first, *lines, last = out.splitlines()
    assert (status, first.startswith("this machine as migrator, to database app on ")) == (2, True)
    assert last == "The first thing that is wrong: policy. Nothing was changed."
    well = [*takewhile(lambda line: line.startswith("ok"), lines)]
    wrong, asked, fix, *behind = lines[len(well) :]
    assert (wrong[:2], asked.split()[0], fix.split()[0]) == ("!!", "asked:", "fix:")
    assert {line[:2] for line in behind} == {"--"}


def test_the_command_by_itself(examining: Examining) -> None:
    """In a process of its own, where no name of an endpoint is known: what AWS says is seen, and nothing behind."""
    answer = keyless("doctor", "--env", "dev", "--function", "workload/Writer", **examining.variables)
    assert (answer.returncode, "Not seen from here, so perhaps not well: name, TLS, role" in answer.stdout) == (1, True)
    assert answer.stdout.count("\nok") == 10, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--env", "prod", "--as", "x"), "has no stacks of an environment 'prod'"),
        (
            ("--env", "dev", "--function", "Nobody"),
            "there is no function 'Nobody'; allowed: its own name, or Bootstrap",
        ),
        (("--env", "dev", "--function", "\udcff"), "is not UTF-8; allowed: text"),
        (("--env", "dev", "--as", "\udcff", "--database", "app"), "is not UTF-8; allowed: text"),
        (("--env", "dev", "--as", "x", "--database", "\udcff"), "allowed: text in UTF-8"),
        (("--function", "\udcff"), "is not UTF-8; allowed: text"),
        (("--env", "dev", "--function", "Migrator", "--config", "/nowhere"), "/nowhere: No such file"),
    ],
)
def test_an_error_says_what_is_allowed(examining: Examining, arguments: tuple[str, ...], says: str) -> None:
    examining.capture.readouterr()
    assert examining.run(*arguments) == 1
    out, err = examining.capture.readouterr()
    assert (out, says in err) == ("", True), err
