"""`keyless grant` and `keyless grants` on a real server."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Answer, Cli
from tests.database.engine import allowed, fingerprint
from tests.database.temporary.world import SELECT, SPEC, deployed, moved, rewrite


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(deployed(database), monkeypatch, capsys, tmp_path)


def grant(cli: Cli, *arguments: str) -> Answer:
    return cli("grant", "--config", cli.write(SPEC), *arguments)


def grants(cli: Cli, *arguments: str) -> Answer:
    return cli("grants", "--config", cli.write(SPEC), *arguments)


def test_it_is_given_listed_extended_and_ended(cli: Cli) -> None:
    given = grant(cli, "alice", "--as", "reader", "--for", "1h", "--reason", "ticket 7", "--by", "bob")
    assert given.status == 0 and given.out.startswith("alice is in reader until ")
    assert allowed(cli.database, "alice", SELECT)
    head, row = grants(cli).out.splitlines()
    assert head.split() == ["user", "group", "until", "(UTC)", "left", "by", "why"]
    assert row.startswith("alice  reader  ") and row.endswith("min  bob  ticket 7")
    (found,) = grants(cli, "--json").json["grants"]
    assert (found["user"], found["group"], found["open"], found["by"]) == ("alice", "reader", True, "bob")
    again = grant(cli, "alice", "--as", "reader", "--for", "30m", "--by", "carol")
    assert again.status == 0 and "as bob gave it already" in again.out
    assert grant(cli, "alice", "--as", "reader", "--for", "2h", "--by", "carol").status == 0
    assert grants(cli, "--format", "markdown").out.splitlines()[2].startswith("| ` alice ` | ` reader ` | ")
    ended = grant(cli, "alice", "--as", "reader", "--end")
    assert (ended.status, ended.out) == (0, "alice is in reader no more, and its open sessions are ended\n")
    again = grant(cli, "alice", "--as", "reader", "--end")
    assert (again.status, again.out) == (0, "alice was not in reader; nothing was changed\n")
    assert grants(cli).out == "nothing is given for a while\n"


def test_what_is_over_is_listed_as_such_and_ended_on_demand(cli: Cli) -> None:
    grant(cli, "alice", "--as", "reader", "--for", "1h")
    moved(cli.database, timedelta(hours=-1))
    assert "over, and to be ended" in grants(cli).out
    ended = grants(cli, "--end")
    assert (ended.status, ended.out) == (0, "nothing is given for a while\n")
    assert "alice is in reader no more: it was over" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["alice", "--as", "reader"], "nothing says for how long; allowed: --for LENGTH, or --end"),
        (["alice", "--as", "reader", "--for", "1h", "--end"], "--for, --by or --reason is not allowed with --end"),
        (["alice", "--as", "reader", "--for", "1d"], "'1d' is no length; allowed: whole minutes or hours"),
        (["alice", "--as", "reader", "--for", "3h"], "may have 'reader' for 2h at most"),
        (["alcie", "--as", "reader", "--for", "1h"], "no user 'alcie'; did you mean 'alice'?"),
        (["alice", "--as", "raeder", "--for", "1h"], "doesn't say that 'alice' may have 'raeder'; allowed: 'reader'"),
        (["lambda_writer", "--as", "reader", "--for", "1h"], "allowed: nothing"),
        (["alice", "--as", "reader", "--for", "1h", "--reason", "a\nb"], "reason has characters that don't print"),
        (["alice", "--as", "reader", "--for", "1h", "--by", " "], "nobody is said to ask for it"),
        (["alice", "--as", "rds_iam", "--end"], "no group 'rds_iam'"),
    ],
)
def test_what_is_not_allowed_is_one_sentence_and_nothing_else(cli: Cli, arguments: list[str], said: str) -> None:
    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        answer = grant(cli, *arguments)
        assert fingerprint(connection) == before
    assert (answer.status, answer.out) == (1, "") and said in answer.err and "Traceback" not in answer.err


def test_names_and_words_of_others_speak_to_no_terminal(cli: Cli) -> None:
    grant(cli, "alice", "--as", "reader", "--for", "1h", "--reason", "REASON")
    rewrite(cli.database, "REASON", r"\u001b[31m |\n`x` </script>".replace("[", r"\u005b"))
    for form in ("text", "markdown", "json"):
        out = grants(cli, "--format", form).out
        assert "\x1b" not in out and out.replace("\n", "").isprintable()
    assert len(grants(cli).out.splitlines()) == 2
    assert json.loads(grants(cli, "--json").out)["grants"][0]["reason"].startswith("\x1b[31m")
    assert "\x1b" not in cli("prove", "--config", cli.write(SPEC)).out


def test_who_can_and_the_matrix_say_until_when(cli: Cli) -> None:
    grant(cli, "alice", "--as", "reader", "--for", "1h")
    (found,) = grants(cli, "--json").json["grants"]
    until = f"by memberships alice -> reader until {found['until'].replace('T', ' ').removesuffix('+00:00')} UTC"
    assert until in cli("who", "can", "SELECT", "app.foo.event").out
    assert until in cli("matrix", "--database", "app", "--json").out
