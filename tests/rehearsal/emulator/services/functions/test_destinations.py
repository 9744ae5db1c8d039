"""After an asynchronous call Lambda puts a record on the event bus, with the function's rights."""

import pytest

from tests.rehearsal.emulator.functions import allow
from tests.rehearsal.emulator.services.called import BUS, RIGHT, Called


def test_a_success_is_recorded_as_by_lambda(called: Called) -> None:
    called.set_destinations()
    called.call(word="hello")
    event = called.next_message()
    assert (event["source"], event["detail-type"]) == ("lambda", "Lambda Function Invocation Result - Success")
    assert event["resources"] == [f"{called.arn}:$LATEST", BUS]
    record = event["detail"]
    assert record.pop("timestamp").endswith("Z")
    assert record["requestContext"].pop("requestId")
    assert record == {
        "version": "1.0",
        "requestContext": {"functionArn": f"{called.arn}:$LATEST", "condition": "Success", "approximateInvokeCount": 1},
        "requestPayload": {"word": "hello"},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"returned": "hello"},
    }


@pytest.mark.parametrize(("settings", "count"), [({}, 3), ({"MaximumRetryAttempts": 0}, 1)])
def test_a_failure_is_recorded_when_lambda_gives_up(called: Called, settings: dict[str, int], count: int) -> None:
    called.set_destinations(**settings)
    called.call(fails=True)
    event = called.next_message()
    assert event["detail-type"] == "Lambda Function Invocation Result - Failure"
    context = event["detail"]["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", count)
    assert event["detail"]["responseContext"]["functionError"] == "Unhandled"
    assert event["detail"]["responsePayload"]["errorMessage"] == "it fails"


def test_a_throttled_call_waits_and_is_not_counted(called: Called) -> None:
    called.cloud.client("lambda").put_function_concurrency(FunctionName=called.name, ReservedConcurrentExecutions=1)
    called.set_destinations()
    for word in ("one", "two"):
        called.call(word=word, seconds=2)
    records = [called.next_message()["detail"] for _ in range(2)]
    assert {record["requestPayload"]["word"] for record in records} == {"one", "two"}
    assert [record["requestContext"]["approximateInvokeCount"] for record in records] == [1, 1]


def test_a_call_that_is_waited_for_is_not_recorded(called: Called) -> None:
    called.set_destinations()
    called.call(kind="RequestResponse", word="first")
    called.call(word="second")
    assert called.next_message()["detail"]["requestPayload"] == {"word": "second"}


def test_only_the_functions_own_right_lets_lambda_put_the_record(called: Called) -> None:
    called.set_destinations()
    allow(called.cloud, called.name, {**RIGHT, "Resource": f"{BUS}-of-others"})
    called.call(word="not recorded")
    assert called.next_message(3) is None
    assert "not authorized to perform: events:PutEvents" in called.cloud.log_tail()
    allow(called.cloud, called.name, RIGHT)
    called.call(word="recorded")
    assert called.next_message()["detail"]["requestPayload"] == {"word": "recorded"}


def test_a_failure_still_goes_to_a_queue_that_is_its_destination(called: Called) -> None:
    called.set_destinations(DestinationConfig={"OnFailure": {"Destination": called.queue_arn}}, MaximumRetryAttempts=0)
    called.call(fails=True)
    assert called.next_message()["responsePayload"]["errorMessage"] == "it fails"
