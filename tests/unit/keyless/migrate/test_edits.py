"""What the steps edit: exactly undone, however the file is written; and refused where they can't be."""

import json
from pathlib import Path
from typing import Any

import pytest

from db_access.errors import SpecError
from keyless.editing.errors import EditError
from keyless.editing.text import SpecText
from keyless.migrate import edits
from keyless.migrate.phase import Migration, Phase, differences, phase

REPORT = Migration.of("report")
HEAD = """\
# the shop's
version: 1
databases: [{name: app, schemas: [{name: foo, owner: app_owner}]}]
"""
GRANTS = "grants: [{database: app, schemas: [foo], access: read_only}]"
BLOCK = f"""{HEAD}users:
  - username: report   # nightly
    auth_method: password
    # rarely at once
    connection_limit: 3
    {GRANTS}
  - username: other
# the end
"""
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
    "users": [{"username": "other"}, {"username": "report", "auth_method": "password", "databases": ["app"]}],
}
WRITTEN = {
    "block": BLOCK,
    "line ends of Windows": BLOCK.replace("\n", "\r\n"),
    "byte order mark": f"\ufeff{BLOCK}",
    "no line end at the end": f"{HEAD}users:\n  - username: report\n    auth_method: password\n    {GRANTS}",
    "no line end at the end, Windows": f"{HEAD}users:\n- username: report\n  auth_method: password".replace(
        "\n", "\r\n"
    ),
    "enabled: true": BLOCK.replace("    # rarely", "    enabled: true\n    # rarely"),
    "can_login: true": BLOCK.replace("    # rarely", "    can_login: true\n    # rarely"),
    "the name last": f"{HEAD}users:\n  - auth_method: password\n    {GRANTS}\n    username: report\n",
    "brackets": f"{HEAD}users: [{{username: report, auth_method: password}}, {{username: other}}]\n",
    "brackets below each other": f"{HEAD}users: [\n  {{username: report, auth_method: password}},\n]\n",
    "an item in brackets": f"{HEAD}users:\n  - {{username: report, auth_method: password, {GRANTS}}}\n",
    "fields below each other": f"{HEAD}users: [{{\n  username: report,  # nightly\n  auth_method: password,\n}}]\n",
    "retired ones below": f"{BLOCK}retired:\n  - {{username: gone, drop: true}}\n",
    "a name with everything": BLOCK.replace("report ", '"re\\"p: #\\u00fc" '),
}
JSON = {"json": json.dumps(DOCUMENT), "json below each other": json.dumps(DOCUMENT, indent=4) + "\n"}


def there_and_back(before: SpecText, migration: Migration) -> None:
    started = edits.made(before, [migration], edits.start)
    assert phase(started.document, migration) is Phase.STARTED and not differences(started.document, migration)
    switched = edits.made(started, [migration], edits.switch)
    assert phase(switched.document, migration) is Phase.SWITCHED
    again = edits.made(switched, [migration], edits.back)
    assert again.text == started.text
    assert edits.made(again, [migration], edits.back).text == before.text


@pytest.mark.parametrize("written", WRITTEN)
def test_each_step_back_restores_every_byte(written: str) -> None:
    name = 're"p: #ü' if written == "a name with everything" else "report"
    there_and_back(SpecText(WRITTEN[written], Path("access.yaml")), Migration.of(name, "new_one"))


@pytest.mark.parametrize("written", JSON)
def test_also_of_json(written: str) -> None:
    there_and_back(SpecText(JSON[written], Path("access.json")), REPORT)


def text(**changes: str) -> SpecText:
    """The block with some of its text replaced."""
    found = BLOCK
    for before, after in changes.items():
        found = found.replace(before, after)
    return SpecText(found, Path("access.yaml"))


def test_a_step_that_could_not_be_undone_byte_for_byte_is_not_made() -> None:
    odd = text(**{"    # rarely": "    enabled: True\n    # rarely"})
    started = edits.made(odd, [REPORT], edits.start)
    with pytest.raises(EditError, match="byte for byte; allowed: `enabled` of the user left out or written `true`"):
        edits.made(started, [REPORT], edits.switch)


def test_a_step_made_twice_changes_nothing_the_second_time() -> None:
    at = text()
    for step in (edits.start, edits.switch, edits.finish):
        at = edits.made(at, [REPORT], step)
        assert edits.made(at, [REPORT], step) == at


def test_the_new_user_has_all_that_the_old_one_has_but_for_its_password() -> None:
    at = text(
        **{"auth_method: password": "auth_method: password\n    valid_until: 2031-01-01T00:00:00Z\n    adopt: true"}
    )
    made = edits.made(at, [REPORT], edits.start).document["users"][-1]
    old = at.document["users"][0]
    assert made == {"username": "report_iam", "auth_method": "iam"} | {
        field: old[field] for field in ("connection_limit", "grants")
    }


@pytest.mark.parametrize(
    ("step", "at", "who", "said"),
    [
        ("start", {}, "reports", "no user is named 'reports'; did you mean 'report'? allowed: report"),
        ("start", {}, "other", "'other' has auth_method 'iam'; allowed: a user with auth_method 'password'"),
        ("start", {"# rarely": "enabled: false #"}, "report", "'report' can't log in; allowed: "),
        ("start", {"# the end": "retired: [{username: report_iam}]"}, "report", "'report_iam' is in `retired`"),
        ("start", {"version: 1": "version: 1\nadditive: true"}, "report", "the spec is additive"),
        ("start", {"username: other": "{username: report_iam, auth_method: none}"}, "report", "is in the spec already"),
        ("switch", {}, "report", "has not started; allowed: keyless migrate start"),
        ("finish", {"username: other": "username: report_iam"}, "report", "still logs in; allowed: keyless migrate sw"),
        ("back", {"username: report ": "username: gone ", "other": "report_iam"}, "report", "there is no way back"),
    ],
)
def test_what_can_not_be_is_refused_with_what_is_allowed(step: str, at: dict[str, str], who: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        edits.made(text(**at), [Migration.of(who)], getattr(edits, step))
    assert said in str(caught.value)


def test_a_new_user_that_was_edited_by_hand_is_not_taken_back() -> None:
    started = edits.made(text(), [REPORT], edits.start)
    edited = SpecText(started.text.replace("# the end", "    groups: [pg_monitor]"), started.path)
    assert differences(edited.document, REPORT) == ["groups"]
    with pytest.raises(EditError, match="groups of 'report_iam' and 'report' differ"):
        edits.made(edited, [REPORT], edits.back)


def test_all_problems_of_several_users_are_told_at_once() -> None:
    with pytest.raises(EditError) as caught:
        edits.made(text(), [Migration.of("one"), Migration.of("two")], edits.start)
    assert len(caught.value.problems) == 2


def test_several_users_go_and_come_back_at_once() -> None:
    at = text(**{"username: other": "username: other\n    auth_method: password"})
    both = [REPORT, Migration.of("other")]
    there = edits.made(edits.made(at, both, edits.start), both, edits.switch)
    assert [user["username"] for user in there.document["users"]] == ["report", "other", "report_iam", "other_iam"]
    assert edits.made(edits.made(there, both, edits.back), both, edits.back).text == at.text
