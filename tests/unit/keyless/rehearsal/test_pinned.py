"""Whose a pinned session was: by the name of the token's session, and where that says nothing by role and user."""

from typing import Any, cast

import pytest

from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.deployment.function import Function
from keyless.rehearsal.deployment.kinds import SERVICE
from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pin
from keyless.rehearsal.stage.pinned import Pinned, by_function


def _client(name: str, role: str, user: str) -> Client:
    function = Function(cast(Any, None), f"dev-{name}")
    vars(function)["configuration"] = {
        "Role": f"arn:aws:iam::123456789012:role/{role}",
        "Environment": {"Variables": {"PGUSER": user}},
    }
    return Client(name, function, "app", "", "")


def _workload(name: str, role: str, user: str) -> Workload:
    return Workload(name, SERVICE, "", f"arn:aws:iam::123456789012:role/{role}", {"PGUSER": user}, ())


CLIENTS = (
    _client("Writer", "writing", "writer"),
    _client("Twin", "path/writing", "writer"),
    _client("Other", "other", "writer"),
    _client("Reader", "reading", "reader"),
    _workload("Api", "serving", "reader"),
)


def _session(role: str, name: str) -> str:
    return f"arn:aws:sts::123456789012:assumed-role/{role}/{name}"


@pytest.mark.parametrize(
    ("user", "principal", "whose"),
    [
        ("writer", _session("writing", "dev-Writer"), "Writer"),
        ("writer", _session("writing", "dev-Twin"), "Twin"),
        ("writer", _session("other", "anything"), "Other"),
        ("writer", _session("writing", "rehearsal-1"), "Writer or Twin"),
        ("reader", "", "Reader or Api"),
        ("reader", _session("serving", "i-0123"), "Api"),
        ("reader", _session("reading", "dev-Reader"), "Reader"),
        ("reader", _session("other", "dev-Other"), "the user reader"),
        ("stranger", "", "the user stranger"),
    ],
)
def test_a_pin_is_its_function_s(user: str, principal: str, whose: str) -> None:
    assert by_function(CLIENTS, [Pin(user, principal, 1, "LISTEN")]) == (Pinned(whose, user, 1, ("LISTEN",)),)


def test_what_pins_is_told_once_and_sessions_are_counted() -> None:
    pins = [Pin("reader", "", session, by) for session, by in ((1, "LOAD"), (1, "SET x"), (2, "LOAD"))]
    assert by_function(CLIENTS, pins) == (Pinned("Reader or Api", "reader", 2, ("LOAD", "SET x")),)
    assert [str(each) for each in by_function(CLIENTS, pins[:1])] == ["Reader or Api: 1 pin: LOAD"]
