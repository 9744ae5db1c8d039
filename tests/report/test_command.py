"""`keyless report` on a real database: the exit status, what the page says, and what is refused before anybody connects."""

import json
import re
import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db_access.spec.deployed import digest
from tests.conftest import MASTER, Database
from tests.database.cli.runner import CONFIG, Cli
from tests.database.engine import SAMPLE, converge, fingerprint, make_tables, run, spec
from tests.report.files import EVIDENCE, HISTORY, assembly
from tests.report.files import answer as answer_of_watch


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    converge(database)
    make_tables(database)
    return Cli(database, monkeypatch, capsys, tmp_path)


def file(cli: Cli, name: str, text: str) -> Path:
    path = cli.folder / name
    path.write_text(text)
    return path


def test_a_database_as_the_spec_says_is_status_0_and_nothing_is_changed(cli: Cli) -> None:
    page, evidence = cli.folder / "new" / "report.html", {**EVIDENCE, "spec": digest(SAMPLE.as_properties())}
    more = ("--evidence", file(cli, "verify.json", json.dumps(evidence)), "--history", file(cli, "drift.json", HISTORY))
    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        answer = cli("report", "--config", CONFIG, "--to", page, "--assembly", assembly(cli.folder), *more)
        assert fingerprint(connection) == before
    assert (answer.status, answer.out) == (0, "database app: as the spec says\n"), answer.err
    text = page.read_text()
    assert digest(SAMPLE.as_properties()) in text
    assert "of this access spec" in text
    for said in (
        "nothing to do",
        "1 of 2 lines as expected",
        "4 looks of the drift watch",
        "no drift at the last look",
    ):
        assert said in text
    for said in ("Lambda function", "RDS Proxy", "Aurora PostgreSQL", "its own IAM token", "TLS required"):
        assert said in text


def test_a_difference_is_status_2_and_what_is_lost_stands_first(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "GRANT SELECT ON foo.event TO lambda_writer", "REVOKE INSERT ON foo.event FROM lambda_writer")  # fmt: skip
    page = cli.folder / "report.html"
    answer = cli("report", "--config", CONFIG, "--to", page)
    assert (answer.status, answer.out) == (2, "database app: not as the spec says\n")
    text = page.read_text()
    assert "'lambda_writer' can SELECT on table foo.event" in text.replace("&#x27;", "'")
    assert text.index("Taken away in database app (1)") < text.index("Added and changed in database app (1)")
    assert "no templates were named" in text
    assert "No evidence was given" in text
    assert "No history was given" in text


def test_the_page_says_where_it_was_asked_and_whom_the_spec_acknowledges(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "CREATE ROLE auditor LOGIN", "CREATE ROLE stranger LOGIN")
    config = cli.write(spec(acknowledged=[{"username": "auditor", "reason": "the yearly audit"}]))
    page = cli.folder / "report.html"
    assert cli("report", "--config", config, "--to", page).status == 0
    text = page.read_text().replace("&#x27;", "'")
    assert f"{cli.database.server.folder}:{cli.database.server.port}" in text and f"<td>{MASTER}</td>" in text
    notes = {name: re.search(rf">{name}</[^>]*>(?:<small> ([^<]*))?", text) for name in ("auditor", "stranger")}
    assert {name: found and found[1] for name, found in notes.items()} == {
        "auditor": "acknowledged by the spec",
        "stranger": "not in the spec",
    }


def test_evidence_about_another_spec_is_said_to_be(cli: Cli) -> None:
    page, given = cli.folder / "report.html", file(cli, "verify.json", json.dumps(EVIDENCE))
    unsaid = file(cli, "rehearsal.json", json.dumps({"lines": EVIDENCE["lines"]}))
    cli("report", "--config", CONFIG, "--to", page, "--evidence", given, "--evidence", unsaid)
    text = page.read_text().replace("&#x27;", "'")
    assert f"of another access spec, sha256 {EVIDENCE['spec']}" in text
    assert "the file doesn't say which access spec was deployed" in text
    assert "of this access spec" not in text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"spec": digest(SAMPLE.as_properties()), "when": EVIDENCE["when"]},
            "✓ 1 of 1 line as expected, made 2026-11-29",
        ),
        (
            {"spec": "0" * 64, "when": EVIDENCE["when"]},
            "○ 1 of 1 line as expected, 1 file about something else than this, made 2026-11-29",
        ),
        (
            {
                "spec": digest(SAMPLE.as_properties()),
                "when": EVIDENCE["when"],
                "templates": {"prod-network": "0", "prod-database": "0"},
            },
            "○ 1 of 1 line as expected, 1 file about something else than this, made 2026-11-29",
        ),
        (
            {"when": EVIDENCE["when"]},
            "○ 1 of 1 line as expected, 1 file that may be about something else than this, made 2026-11-29",
        ),
        ({"spec": digest(SAMPLE.as_properties())}, "○ 1 of 1 line as expected, 1 file of no known date"),
    ],
    ids=["this", "another spec", "another environment", "no known spec", "no known date"],
)
def test_evidence_about_something_else_speaks_for_nothing(cli: Cli, given: dict[str, object], says: str) -> None:
    page, right = cli.folder / "report.html", EVIDENCE["lines"][1]
    evidence = file(cli, "verify.json", json.dumps({"lines": [right], **given}))
    cli("report", "--config", CONFIG, "--to", page, "--assembly", assembly(cli.folder), "--evidence", evidence)
    assert glance(page)["Tried"] == says
    assert ("of other stacks: prod-database, prod-network" in page.read_text()) is ("templates" in given)


def glance(page: Path) -> dict[str, str]:
    """The answers at the top of the page, by their titles."""
    cards = re.findall(r'<li><a href="#\w+">([^<]+)</a><span>(.*?)</span></li>', page.read_text())
    return {title: re.sub("<[^>]+>", "", said) for title, said in cards}


@pytest.mark.parametrize(
    ("looks", "says"),
    [
        ([("now", 0, "app")], "✓ no drift at the last look, "),
        ([("2020-01-01T00:00:00Z", 0, "app")], "○ no drift at the last look, 2020-01-01 00:00:00 UTC"),
        ([("", 0, "app")], "○ no drift at the last look, at no known time"),
        ([("now", 0, "other")], "○ no drift at the last look, no look at 1 database"),
        ([("now", 0, "app"), ("2020-01-01T00:00:00Z", 0, "other")], "✓ no drift at the last look, "),
        ([("now", 0, "app"), ("2020-01-01T00:00:00Z", 1, "other")], "✗ 1 difference at the last look, "),
        ([("2020-01-01T00:00:00Z", 2, "app")], "✗ 2 differences at the last look, 2020-01-01"),
        ([("now", None, "app")], "○ no drift at the last look, "),
    ],
    ids=["recent", "old", "of no time", "of another", "beside another", "drift in another", "drift", "a deploy"],
)
def test_what_the_watch_found_counts_as_long_as_it_is_recent_and_of_each_database(
    cli: Cli, looks: list[tuple[str, int | None, str]], says: str
) -> None:
    times = {"now": datetime.now(UTC).isoformat()}
    lines = [f"{times.get(at, at)} {answer_of_watch(drift, database)}".strip() for at, drift, database in looks]
    page = cli.folder / "report.html"
    cli("report", "--config", CONFIG, "--to", page, "--history", file(cli, "drift.json", "\n".join(lines)))
    assert says in glance(page)["Drift watch"]
    assert says.startswith("✓") or not glance(page)["Drift watch"].startswith("✓")


def test_a_page_takes_the_place_of_a_page_and_of_nothing_else(cli: Cli) -> None:
    page, config = cli.folder / "report.html", cli.write(SAMPLE)
    evidence, history = file(cli, "verify.json", json.dumps(EVIDENCE)), file(cli, "drift.json", HISTORY)
    more = ("--evidence", evidence, "--history", history)
    for _ in range(2):
        assert cli("report", "--config", config, "--to", page, *more).status == 0
    link, notes = cli.folder / "link.html", file(cli, "notes.txt", "precious")
    link.symlink_to(config)
    for other, says in (
        (config, "is the access spec itself"),
        (link, "is the access spec itself"),
        (evidence, "is one of --evidence itself"),
        (history, "is one of --history itself"),
        (notes, "is there and no page of a report"),
    ):
        before = other.read_bytes()
        refused = cli("report", "--config", config, "--to", other, *more)
        assert (refused.status, refused.out) == (1, "") and says in refused.err
        assert other.read_bytes() == before


def test_a_disk_that_is_full_leaves_the_last_page(cli: Cli) -> None:
    page = cli.folder / "report.html"
    assert cli("report", "--config", CONFIG, "--to", page).status == 0
    before = page.read_text()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limit[1]))
    try:
        answered = cli("report", "--config", CONFIG, "--to", page)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert answered.status == 1 and "report.html: File too large" in answered.err
    assert page.read_text() == before
    assert not [found for found in cli.folder.iterdir() if found.name.startswith(".report")]


def test_a_database_that_cannot_be_looked_at_is_named_in_the_page(cli: Cli) -> None:
    both = spec(databases=[*SAMPLE.as_properties()["databases"], {"name": "gone"}])
    page = cli.folder / "report.html"
    answer = cli("report", "--config", cli.write(both), "--to", page)
    assert answer.status == 1
    assert "gone" in answer.err
    assert "not looked at: no connection to database" in page.read_text().replace("&#x27;", "'")
    assert glance(page) == {
        "Proof": "○ 1 database not looked at",
        "Plan": "○ nothing to do where it was looked",
        "Outsiders": "○ none with rights where it was looked",
        "Tried": "○ no evidence given",
        "Drift watch": "○ no history",
    }
    only = cli("report", "--config", cli.write(both), "--to", page, "--database", "gone")
    assert (only.status, only.out) == (1, "")


@pytest.mark.parametrize(
    ("option", "content", "problem"),
    [
        ("--evidence", "{", "is not valid JSON"),
        ("--evidence", "[" * 100_000, "is not valid JSON: lists or mappings in each other, too deep to be read"),
        ("--evidence", '{"lines": ' + "9" * 5000 + "}", "is not valid JSON: a number of too many digits"),
        ("--evidence", "/dev/zero", "has more than 50,000,000 bytes"),
        ("--history", "/dev/zero", "has more than 50,000,000 bytes"),
        ("--evidence", "[]", "is not the evidence of a verify or rehearsal: it is no JSON object"),
        ("--evidence", '{"lines": []}', "its `lines` are missing, or no list of some"),
        ("--evidence", '{"lines": [{"what": "x"}]}', "an entry of its `lines` lacks one of what, expected, measured"),
        ("--history", "START RequestId: 1", "has no answer of a drift watch"),
        ("--assembly", None, "is not a cloud assembly"),
        ("--evidence", None, "can't be read: No such file"),
    ],
)
def test_a_file_that_is_something_else_is_refused_before_anybody_connects(
    cli: Cli, option: str, content: str | None, problem: str
) -> None:
    given = (
        Path(content)
        if content == "/dev/zero"
        else cli.folder / "gone"
        if content is None
        else file(cli, "given", content)
    )
    page = cli.folder / "report.html"
    answer = cli("report", "--config", CONFIG, "--to", page, option, given)
    assert (answer.status, answer.out, page.exists()) == (1, "", False)
    assert problem in answer.err
    assert "connecting" not in answer.err


def test_templates_without_a_database_say_so(cli: Cli) -> None:
    """As those of an app do that uses a cluster which is there already."""
    folder, page = assembly(cli.folder), cli.folder / "report.html"
    (folder / "dev-database.template.json").write_text('{"Resources": {}}')
    assert cli("report", "--config", CONFIG, "--to", page, "--assembly", folder).status == 0
    text = page.read_text()
    assert "No database is in them: as the access spec alone says." in text
    assert "Users of the spec" in text


def test_every_file_that_is_something_else_is_named_at_once(cli: Cli) -> None:
    files = {option: file(cli, f"wrong{option}", "no") for option in ("--evidence", "--history", "--assembly")}
    given = [word for option, path in files.items() for word in (option, path)]
    answer = cli("report", "--config", CONFIG, "--to", cli.folder / "report.html", *given)
    assert [option for option in files if f"{option}: " not in answer.err] == []


def test_a_wrong_command_line_is_refused(cli: Cli) -> None:
    page = cli.folder / "report.html"
    cases = {
        ("--database", "nowhere", "--to", page): "database 'nowhere' is not declared; allowed: app",
        ("--to", cli.folder): "is a folder; allowed: a file",
        ("--to", page, "--env", "dev", "--assembly", "cdk.out"): "--assembly is not allowed with --env",
    }
    for arguments, problem in cases.items():
        answer = cli("report", "--config", CONFIG, *arguments)
        assert (answer.status, answer.out, problem in answer.err) == (1, "", True), answer.err
