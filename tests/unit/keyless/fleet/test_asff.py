"""Findings for Security Hub: valid by its API's own model and its documented limits, and ended when what they say is."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from keyless.fleet.found import Found, Result, State, found
from keyless.fleet.shown.as_asff import BATCH, Product, batches

PRODUCT = Product("arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default")
NOW = datetime(2031, 1, 31, 12, tzinfo=UTC)
HOSTILE = 'x"`|\n\x1b[31m##[error]\u202e💥' * 100
LIMITS = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1024}
_TAKEN = botocore.session.get_session().get_service_model("securityhub").shape_for("BatchImportFindingsRequest")


def findings(*databases: Found, cluster: str = "orders", now: datetime = NOW) -> dict[str, dict[str, Any]]:
    """By id; none of them twice."""
    lines = batches([Result(cluster, databases)], PRODUCT, now).splitlines()
    listed = [finding for line in lines for finding in json.loads(line)]
    named = {finding["Id"]: finding for finding in listed}
    assert len(named) == len(listed)
    return named


def states(*databases: Found) -> dict[str, str]:
    return {
        f"{id.count('/')} {id.rpartition('/')[2]}": finding["RecordState"]
        for id, finding in findings(*databases).items()
    }


@pytest.mark.parametrize(
    "one",
    [
        found("app", State.FINE),
        found("app", State.DRIFT, ["one", "two"]),
        found(HOSTILE, State.DRIFT, [HOSTILE] * 500),
        found("app", State.UNREACHABLE, [HOSTILE]),
        found(None, State.FAILED, [HOSTILE]),
    ],
    ids=["fine", "drift", "hostile", "unreachable", "failed"],
)
def test_a_finding_is_what_security_hub_takes(one: Found) -> None:
    given = findings(one, cluster="c" * 100)
    assert not ParamValidator().validate({"Findings": [*given.values()]}, _TAKEN).has_errors()
    for finding in given.values():
        assert all(0 < len(finding[field].encode()) <= most for field, most in LIMITS.items())
        assert 0 < len(finding["Remediation"]["Recommendation"]["Text"]) <= 512
        assert len(json.dumps(finding)) < 240_000 and len(finding["Resources"][0]["Id"]) <= 512
        assert finding["AwsAccountId"] == "123456789012"
        assert all(text.isprintable() for text in (finding["Id"], finding["Title"], finding["Description"]))


def test_what_is_so_is_active_and_what_isnt_any_more_is_archived() -> None:
    unproven = {"2 unproven": "ARCHIVED", "3 unproven": "ARCHIVED"}  # of the cluster, and of the database
    assert states(found("app", State.DRIFT, ["x"])) == {**unproven, "3 drift": "ACTIVE"}
    assert states(found("app", State.FINE)) == {**unproven, "3 drift": "ARCHIVED"}


def test_nothing_is_said_of_drift_where_nobody_could_look() -> None:
    assert states(found("app", State.UNREACHABLE, ["x"])) == {"2 unproven": "ARCHIVED", "3 unproven": "ACTIVE"}
    assert states(found(None, State.FAILED, ["x"])) == {"2 unproven": "ACTIVE"}
    assert states(found(None, State.UNTRIED, ["x"])) == {}


def test_an_id_stays_the_same_and_is_of_one_database_and_kind() -> None:
    before, after = found("app", State.DRIFT, ["x"]), found("app", State.FINE)
    assert findings(before).keys() == findings(after, now=NOW + timedelta(days=1)).keys()
    others = [findings(found(name, State.FINE), cluster=cluster) for name, cluster in (("a/b", "c"), ("b", "c.a"))]
    drifts = [{id for id in of if id.endswith("/drift")} for of in others]
    assert not drifts[0] & drifts[1]


def test_a_line_is_one_call() -> None:
    results = [Result(f"c{number}", (found("app", State.FINE),)) for number in range(50)]
    lines = [json.loads(line) for line in batches(results, PRODUCT, NOW).splitlines()]
    assert [len(line) for line in lines] == [BATCH, 50]


def test_no_name_speaks_to_a_runner() -> None:
    text = batches([Result("orders", (found("app", State.DRIFT, [HOSTILE]),))], PRODUCT, NOW)
    assert "##[" not in text and text.isascii()
