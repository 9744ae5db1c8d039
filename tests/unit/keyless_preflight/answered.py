"""Clients that give the answers of a file. botocore's Stubber validates them, and the questions, against AWS's own service
models."""

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.stub import Stubber

from keyless.preflight.account.account import Account
from keyless.preflight.account.identity import Identity
from keyless.preflight.account.reader import Reader

REGION = "eu-west-1"
_ANSWERS = Path(__file__).parent / "answers"


class Answered:
    """The clients of one file: service -> answers, in the order in which they are asked for."""

    def __init__(self, name: str) -> None:
        self._answers = json.loads((_ANSWERS / f"{name}.json").read_text())
        self._stubs: dict[str, Stubber] = {}

    def __call__(self, service: str) -> Any:
        client = boto3.client(service, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")  # type: ignore[call-overload]
        stub = self._stubs[service] = Stubber(client)
        for each in self._answers.get(service, ()):
            if error := each.get("error"):
                code, message, status = error
                stub.add_client_error(each["operation"], code, message, status, expected_params=each["parameters"])
            else:
                stub.add_response(each["operation"], each["answer"], each.get("parameters"))
        stub.activate()
        return client

    def account(self) -> Account:
        return Account(Reader(self), Identity("111111111111", "arn:aws:iam::111111111111:user/operator"), REGION)

    def assert_all_were_asked(self) -> None:
        for service in self._answers:
            self._stubs[service].assert_no_pending_responses()
