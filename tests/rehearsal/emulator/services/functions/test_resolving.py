"""A function of the MySQL family finds its endpoint by the endpoint's own name, and no other host by it."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.servers.certificates import Authority
from tests.rehearsal.emulator.functions import create_function, create_role, invoke

HOST, ADDRESS = "db.cluster-abc.eu-west-1.rds.amazonaws.com", "127.8.7.6"
CODE = """
import os, socket
def handler(event, context):
    def leads(name):
        try:
            return sorted({found[4][0] for found in socket.getaddrinfo(name, 3306, type=socket.SOCK_STREAM)})
        except OSError:
            return []
    return [leads(os.environ["MYSQL_HOST"]), leads("other." + os.environ["MYSQL_HOST"]), leads("127.0.0.9")]
"""


@pytest.fixture
def led_there(cloud: Cloud, tmp_path: Path) -> Iterator[None]:
    cloud.set_endpoints({HOST: (ADDRESS, Authority(tmp_path, "rds").root)})
    yield
    cloud.set_endpoints({})


def led(cloud: Cloud, host: str) -> list[list[str]]:
    name = f"led-{secrets.token_hex(4)}"
    create_function(cloud, name, create_role(cloud, name, "lambda.amazonaws.com"), CODE, {"MYSQL_HOST": host})
    found: list[list[str]] = invoke(cloud, name)
    return found


def test_the_endpoint_s_name_leads_to_its_stand_in_and_others_stay_as_they_are(cloud: Cloud, led_there: None) -> None:
    assert led(cloud, HOST) == [[ADDRESS], [], ["127.0.0.9"]]


def test_a_host_without_a_stand_in_leads_nowhere(cloud: Cloud, led_there: None) -> None:
    assert led(cloud, "another.invalid") == [[], [], ["127.0.0.9"]]
