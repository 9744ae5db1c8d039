"""Nothing at the emulator's port is served to who has no credential of this run, whatever the path."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from keyless.rehearsal.emulator.cloud import Cloud, RoleSession
from tests.rehearsal.emulator.functions import create_function, create_role, invoke
from tests.rehearsal.emulator.iam.attacks import ATTACKS, PLACES, Attacker, send

ROOT = Path(__file__).resolve().parents[4]
SEES = "import os\ndef handler(event, context):\n    return [dict(os.environ), os.getuid()]\n"


def attacker(cloud: Cloud) -> Attacker:
    variables = cloud.environment()
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return Attacker(cloud.endpoint_url, Credentials(*(variables[name] for name in names)))


@pytest.fixture(scope="module")
def answers(cloud: Cloud) -> Any:
    """Attack -> place -> status, in another process."""
    me = attacker(cloud)
    known = {"url": me.url, "root": [me.root.access_key, me.root.secret_key, me.root.token]}
    command = [sys.executable, "-m", "tests.rehearsal.emulator.iam.attacks"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(known), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_place_is_closed_to(attack: str, answers: Any) -> None:
    served = {place: status for place, status in answers[attack].items() if status != 403}
    assert len(answers[attack]) == len(PLACES)
    assert served == {}


def test_the_same_requests_are_served_to_the_root(cloud: Cloud) -> None:
    me = attacker(cloud)
    for place in ("STS: who am I", "S3: a list of buckets"):
        assert send(me.signed(PLACES[place], me.root)) == 200


@pytest.mark.parametrize("place", [place for place, asked in PLACES.items() if asked.path.startswith("/_")])
def test_the_emulators_own_paths_are_closed_to_the_root_too(cloud: Cloud, place: str) -> None:
    me = attacker(cloud)
    assert send(me.signed(PLACES[place], me.root)) == 403


def test_each_run_has_a_root_of_its_own(cloud: Cloud) -> None:
    with Cloud() as other:
        one, another = attacker(cloud), attacker(other)
        assert {one.root.access_key, one.root.secret_key}.isdisjoint({another.root.access_key, another.root.secret_key})
        assert send(another.signed(PLACES["STS: who am I"], one.root)) == 403


def test_a_functions_credentials_cannot_be_computed(cloud: Cloud) -> None:
    """ministack's own are, from what everybody may know."""
    role = create_role(cloud, "computed", "lambda.amazonaws.com", Action="sts:*", Resource="*")
    create_function(cloud, "computed", role, SEES)
    environment, _ = invoke(cloud, "computed")
    function = f"arn:aws:lambda:{cloud.region}:{cloud.account}:function:computed"
    digest = hashlib.sha256(f"{function}:{role}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{what}:{digest}".encode()).hexdigest() for what in ("secret", "token"))
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        cloud.client("sts", RoleSession(f"ASIA{digest[:16].upper()}", secret, token)).get_caller_identity()
    assert secret not in environment.values()


def test_functions_and_the_log_know_nothing_of_the_roots_secret(cloud: Cloud) -> None:
    role = create_role(cloud, "looks-around", "lambda.amazonaws.com")
    create_function(cloud, "looks-around", role, SEES)
    environment, _ = invoke(cloud, "looks-around")
    root = attacker(cloud).root
    log = (cloud.folder / "ministack.log").read_text()
    arguments = Path(f"/proc/{cloud._running._process.pid}/cmdline").read_text()
    started = Path(f"/proc/{cloud._running._process.pid}/environ").read_text()
    for secret in (root.access_key, root.secret_key, str(root.token)):
        assert secret not in json.dumps(environment)
        assert secret not in log
        assert secret not in arguments + started
