"""The access plan of a pull request: what a change of the spec means, measured on a throwaway database."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.access_plan.command import main
from keyless.access_plan.comment import MARKER, Comment
from tests.database.access_plan.conftest import Compare
from tests.database.engine import SAMPLE, spec, with_user

CHARACTERS_OF_A_COMMENT = 65_536
READER: dict[str, Any] = {
    "username": "reader",
    "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}],
}


def lines(comment: Comment) -> set[str]:
    """The lines with changes, without the reasons."""
    diffs = re.findall(r"^```diff\n(.*?)\n```$", comment.text, re.MULTILINE | re.DOTALL)
    return {line.partition("  -- ")[0] for diff in diffs for line in diff.splitlines() if not line.startswith("@@")}


def rights(comment: Comment) -> set[str]:
    return {line for line in lines(comment) if "each_existing_table" in line}


def test_an_unchanged_spec_changes_nobodys_access(compared: Compare) -> None:
    comment = compared(SAMPLE, SAMPLE)
    assert comment == Comment(f"{MARKER}\n\n### Access plan: nobody's access changes\n")


def test_a_new_user_is_shown_with_its_login_and_its_rights_on_existing_and_future_tables(compared: Compare) -> None:
    found = lines(compared(SAMPLE, with_user(**READER)))
    assert {
        "+ role reader (login)",
        "+ reader in rds_iam",
        "+ CONNECT on database app to reader",
        "+ SELECT on table foo.each_existing_table to reader",
        "+ SELECT on future tables of app_owner in schema foo to reader",
    } <= found
    assert not any("writer" in line or "migrator" in line for line in found)


def test_a_changed_grant_shows_what_is_revoked_and_granted_and_nothing_else(compared: Compare) -> None:
    wider = {**READER, "grants": [{**READER["grants"][0], "access": "append_only"}]}
    comment = compared(with_user(**READER), with_user(**wider))
    assert rights(comment) == {
        "+ INSERT on table foo.each_existing_table to reader",
        "- SELECT on table foo.each_existing_table from reader",
    }


def test_key_columns_which_no_default_privilege_can_show_are_shown(compared: Compare) -> None:
    writer = {**READER, "grants": [{"database": "app", "schemas": ["foo"], "access": "write_only"}]}
    keyed = {**writer, "grants": [{**writer["grants"][0], "key_columns": ["id"]}]}
    assert lines(compared(with_user(**writer), with_user(**keyed))) == {
        "+ SELECT on column id of table foo.each_existing_table to reader"
    }
    assert lines(compared(with_user(**keyed), with_user(**writer))) == {
        "- SELECT on column id of table foo.each_existing_table from reader"
    }


def test_a_removed_user_loses_login_and_rights(compared: Compare) -> None:
    found = lines(compared(with_user(**READER), SAMPLE))
    assert {
        "- login and password of role reader, whose sessions end",
        "- reader in rds_iam",
        "- SELECT on table foo.each_existing_table from reader",
    } <= found


def test_what_only_names_is_shown_or_reported_as_missing(compared: Compare) -> None:
    narrow = {
        "username": "narrow",
        "grants": [
            {"database": "app", "schemas": ["bar"], "tables": ["SELECT"], "only": ["bar.lookup"]},
            {"database": "app", "schemas": ["bar"], "functions": ["EXECUTE"], "only": ["bar.answer()"]},
            {"database": "app", "schemas": ["bar"], "sequences": ["USAGE"], "only": ["bar.numbers"]},
        ],
    }
    comment = compared(SAMPLE, with_user(**narrow))
    assert {"+ SELECT on table bar.lookup to narrow", "+ USAGE on sequence bar.numbers to narrow"} <= lines(comment)
    assert rights(comment) == set()
    assert "bar.answer(), which `only` names, doesn't exist yet" in comment.text


def test_a_shared_role_is_shown_for_the_first_database_only(compared: Compare) -> None:
    both = SAMPLE.as_properties()
    both["databases"].append({"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]})
    both["users"].append(
        {**READER, "grants": [*READER["grants"], {"database": "second", "schemas": ["foo"], "access": "read_only"}]}
    )
    comment = compared(SAMPLE, AccessSpec.parse(both))
    assert comment.text.count("+ role reader (login)") == 1
    assert "#### Database ` app `" in comment.text
    assert {"+ database second", "+ CONNECT on database second to reader"} <= lines(comment)
    assert "Database second is no longer declared" in compared(AccessSpec.parse(both), with_user(**READER)).text


def test_a_password_users_secret_is_not_read(compared: Compare) -> None:
    legacy = {
        "username": "legacy",
        "auth_method": "password",
        "password_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:legacy-AbCdEf",
    }
    comment = compared(SAMPLE, with_user(**legacy))
    assert not comment.refused
    assert "+ role legacy (login)" in lines(comment)


def test_a_spec_with_problems_is_refused_with_all_of_them(compared: Compare) -> None:
    wrong = SAMPLE.as_properties()
    wrong["users"][0]["grants"][0].update(access="everything", schemas=["fooo"])
    comment = compared(SAMPLE, json.dumps(wrong))
    assert comment.refused
    assert "### Access plan: refused" in comment.text
    assert "users[0].grants[0].access" in comment.text
    assert "did you mean 'foo'?" in comment.text


def test_a_spec_that_postgresql_refuses_is_refused(compared: Compare) -> None:
    """The spec is valid, but its roles have another manager."""
    comment = compared(SAMPLE, spec(managed_by="somebody-else"))
    assert comment.refused
    assert "keyless-aurora" in comment.text


@pytest.mark.parametrize(
    ("base", "note"), [(None, "The base has no access spec"), ("{", "The base's spec is not valid")]
)
def test_without_a_base_everything_is_new(compared: Compare, base: str | None, note: str) -> None:
    comment = compared(base, SAMPLE)
    assert note in comment.text
    assert "+ role lambda_writer (login, at most 50 sessions)" in lines(comment)
    assert not comment.refused


def test_a_base_that_cant_be_applied_completely_is_noted(compared: Compare) -> None:
    odd = {**READER, "grants": [{**READER["grants"][0], "access": "write_only", "key_columns": ["ctid"]}]}
    comment = compared(with_user(**odd), SAMPLE)
    assert "The base's spec can't be applied completely" in comment.text
    assert not comment.refused


def test_nothing_in_a_spec_escapes_its_quotation(compared: Compare) -> None:
    wrong = SAMPLE.as_properties()
    wrong["users"][0]["groups"] = ["```\n@everyone ![](https://example.com/x.png)"]
    before, quoted, after = compared(SAMPLE, json.dumps(wrong)).text.partition("@everyone")
    assert quoted
    fence = before[: before.rindex("text\n")].splitlines()[-1]
    assert fence.startswith("````")
    assert after.endswith(f"\n{fence}\n")
    assert f"\n{fence}" not in after.removesuffix(f"\n{fence}\n")


def test_a_comment_is_never_longer_than_github_allows(compared: Compare) -> None:
    many = SAMPLE.as_properties()
    many["users"] += [{**READER, "username": f"reader_with_quite_a_long_name_{n:04}"} for n in range(300)]
    shown = compared(SAMPLE, AccessSpec.parse(many)).text
    assert len(shown) < CHARACTERS_OF_A_COMMENT
    for user in many["users"]:
        user["access"] = "x" * 200
    assert len(compared(SAMPLE, json.dumps(many)).text) < CHARACTERS_OF_A_COMMENT


def numbered(number: int) -> list[dict[str, Any]]:
    return [{**READER, "username": f"filler_with_quite_a_long_name_{n:04}"} for n in range(number)]


def dangerous() -> list[dict[str, Any]]:
    writes = {"database": "app", "schemas": ["foo"], "access": "read_write"}
    return [
        {"username": "zz_owner", "grants": [{"database": "app", "schemas": ["foo"], "access": "owner"}]},
        {"username": "zz_reader_of_all", "groups": ["pg_read_all_data"], "databases": ["app"]},
        {"username": "zz_writer", "grants": [writes]},
        {"username": "zz_maker", "databases": ["app"], "privileges": ["CONNECT", "CREATE"]},
        {"username": "zz_curious", "grants": [{"database": "app", "schemas": ["ops"], "tables": ["SELECT"]}]},
    ]


def with_users(*users: dict[str, Any]) -> AccessSpec:
    document = SAMPLE.as_properties()
    return AccessSpec.parse({**document, "users": [*document["users"], *users]})


def test_no_number_of_harmless_users_hides_what_is_dangerous(compared: Compare) -> None:
    comment = compared(with_user(**READER), with_users(*numbered(600), *dangerous()))
    assert not comment.refused and len(comment.text) < CHARACTERS_OF_A_COMMENT
    urgent, _, others = comment.text.partition("#### Database ")
    assert {
        "- login and password of role reader, whose sessions end",
        "- SELECT on table foo.each_existing_table from reader",
        "! sessions of zz_owner in database app start as app_owner",
        "+ zz_owner in app_owner",
        "+ zz_reader_of_all in pg_read_all_data",
        "+ CONNECT, CREATE on database app to zz_maker",
    } <= {line.partition("  -- ")[0] for line in urgent.splitlines()}, urgent
    assert re.search(r"^\+ .*DELETE.* on table foo.each_existing_table to zz_writer", urgent, re.MULTILINE)
    assert re.search(r"^\+ SELECT on table ops.each_existing_table to zz_curious", urgent, re.MULTILINE)
    assert len(re.findall(r"^.*filler.*$", urgent, re.MULTILINE)) <= 4, "what they read, once, and who: a few"
    assert re.search(r"and [0-9,]+ more", others), "the rest is cut, with a count"


def test_whoever_gets_the_same_as_many_is_named_too(compared: Compare) -> None:
    writers = [{**dangerous()[2], "username": f"writer_{n:02}"} for n in range(30)]
    comment = compared(SAMPLE, with_users(*writers))
    urgent = comment.text.partition("#### Database ")[0]
    assert all(f"writer_{n:02}" in urgent for n in range(30))
    assert " more" not in urgent.partition("```diff")[2]


def test_what_is_dangerous_and_does_not_fit_fails_the_check_with_its_number(compared: Compare) -> None:
    writers = [{**dangerous()[2], "username": f"writer_with_quite_a_long_name_{n:04}"} for n in range(700)]
    comment = compared(SAMPLE, with_users(*writers, *dangerous()))
    assert comment.refused and len(comment.text) < CHARACTERS_OF_A_COMMENT
    assert (
        said := re.search(
            r"\*\*([0-9,]+) more changes of these kinds don't fit here, so this check fails", comment.text
        )
    )
    assert int(said[1].replace(",", "")) > 100
    assert comment.text.index(said[0]) < comment.text.index("To look at first")
    assert all(user["username"] in comment.whole for user in writers)


def test_the_whole_plan_names_everybody(compared: Compare) -> None:
    comment = compared(SAMPLE, with_users(*numbered(100)))
    assert all(
        re.search(rf"SELECT on table foo.each_existing_table to .*{user['username']}", comment.whole)
        for user in numbered(100)
    )


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose first commit has no spec and whose second one has the sample; a reader is added,
    uncommitted."""

    def git(*arguments: str) -> None:
        identity = [
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    git("commit", "--allow-empty", "-m", "none")
    (tmp_path / "config").mkdir()
    path = tmp_path / "config/access.yaml"
    path.write_text(json.dumps(SAMPLE.as_properties()))
    git("add", ".")
    git("commit", "-m", "sample")
    path.write_text(json.dumps(with_user(**READER).as_properties()))
    monkeypatch.chdir(tmp_path)
    return path


def test_the_base_is_read_from_git(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", "HEAD"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(MARKER)
    assert "+ role reader (login)" in shown
    assert "lambda_writer" not in shown


def test_a_base_without_the_file_is_accepted_and_an_unknown_one_is_an_error(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--base", "HEAD^"]) == 0
    assert "The base has no access spec" in capsys.readouterr().out
    assert [main([f"--base={ref}"]) for ref in ("nowhere", "--output=x")] == [1, 1]
    answer = capsys.readouterr()
    assert (answer.out, answer.err.count("is not a commit of this repository; allowed: ")) == ("", 2)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_what_is_proposed_is_read_from_its_commit_as_data(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder stays at the base: what runs is the base's."""
    git(tmp_path, "commit", "-qam", "reader")
    git(tmp_path, "tag", "proposed")
    git(tmp_path, "checkout", "-q", "--detach", "HEAD^")
    whole = tmp_path / "whole.txt"
    assert main(["--base", "HEAD", "--proposed", "proposed", "--whole", str(whole)]) == 0
    assert "+ role reader (login)" in capsys.readouterr().out
    assert "  + role reader (login)  -- " in whole.read_text()


def test_a_link_in_place_of_the_proposed_spec_is_not_followed(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "private").write_text("hunter2: [")
    checkout.unlink()
    checkout.symlink_to(tmp_path / "private")
    git(tmp_path, "add", "config")
    git(tmp_path, "commit", "-qm", "link")
    assert main(["--base", "HEAD^", "--proposed", "HEAD"]) == 1
    answer = capsys.readouterr()
    assert answer.out.startswith(f"{MARKER}\n\n### Access plan: refused")
    assert "hunter2" not in answer.out + answer.err


def test_a_proposal_without_a_spec_is_refused_in_the_comment(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "rm", "-qf", "config/access.yaml")
    git(tmp_path, "commit", "-qm", "none")
    whole = tmp_path / "whole.txt"
    assert main(["--base", "HEAD^", "--proposed", "HEAD", "--whole", str(whole)]) == 1
    assert "### Access plan: refused" in capsys.readouterr().out
    assert "access.yaml" in whole.read_text()
    assert main(["--base", "HEAD^", "--proposed=nowhere"]) == 1
    assert "--proposed: 'nowhere' is not a commit of this repository" in capsys.readouterr().err


def test_a_refused_spec_is_shown_and_fails(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.write_text("version: 1")
    assert main(["--base", "HEAD"]) == 1
    assert capsys.readouterr().out.startswith(f"{MARKER}\n\n### Access plan: refused")
