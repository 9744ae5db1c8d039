"""What is taken of a log of many pages, in AWS's own shapes: the emulator answers with one."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from keyless.cli.environment import watch_log
from keyless.cli.environment.watch_log import ACTIONS, WatchLog
from keyless.preflight.account.reader import Reader

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
ASKED = {
    "logGroupName": "group",
    "startTime": 1793491200000,
    "filterPattern": '{ $.database = "*" }',
    "startFromHead": False,
}


def page(*names: str, token: str | None = None) -> dict[str, Any]:
    events = [{"timestamp": 1, "message": json.dumps({"database": name, "drift": 0})} for name in names]
    return {"events": events, **({"nextToken": token} if token else {})}


def read(*pages: dict[str, Any], error: str | None = None) -> WatchLog:
    """Where the pages are asked for one after the other, by the tokens before, and then `error` comes."""
    client = boto3.client("logs", region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    with Stubber(client) as stubber:
        asked: dict[str, Any] = dict(ASKED)
        for answer in pages:
            stubber.add_response("filter_log_events", answer, asked)
            asked = {**ASKED, "nextToken": answer.get("nextToken")}
        if error:
            stubber.add_client_error("filter_log_events", error, "why", expected_params=asked)
        found = watch_log.read(Reader(lambda _: client, ACTIONS), "group", SINCE)
        stubber.assert_no_pending_responses()
    return found


def databases(log: WatchLog) -> list[str]:
    return [json.loads(event["message"])["database"] for event in log.events]


def test_all_pages_are_read_an_empty_one_among_them() -> None:
    log = read(page("a", token="1"), page(token="2"), page("b", "c"))
    assert (databases(log), log.left_out) == (["a", "b", "c"], "")


def test_of_more_pages_than_are_read_the_rest_is_said_to_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_log, "PAGES", 2)
    log = read(page("latest", token="1"), page("earlier", token="2"))
    assert (databases(log), log.left_out) == (["latest", "earlier"], "the log has more than 2 pages")


def test_what_was_read_before_an_error_is_kept_and_the_error_said() -> None:
    log = read(page("latest", token="1"), error="ThrottlingException")
    assert (databases(log), log.left_out) == (
        ["latest"],
        "logs:FilterLogEvents was answered with ThrottlingException: why",
    )


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("AccessDeniedException", "these credentials need the permission logs:FilterLogEvents"),
        ("ResourceNotFoundException", "the drift watch's log group group isn't there"),
    ],
)
def test_no_log_is_no_error_and_says_why(code: str, says: str) -> None:
    assert read(error=code) == WatchLog("group", (), says)
