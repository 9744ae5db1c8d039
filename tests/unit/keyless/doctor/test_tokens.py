"""A token in PGPASSWORD, or a secret, that something has mangled is named as wrong, and nothing secret of it is shown."""

import pytest

from keyless.doctor.finding import Verdict
from keyless.doctor.hops import process, secret
from keyless.doctor.looking import Looking
from keyless.doctor.path import Path
from keyless.doctor.refusals import Untried
from keyless_client.login import Login

LOGIN = Login("db.cluster-abc.eu-west-1.rds.amazonaws.com", 5432, "writer", "app", "eu-west-1")
HERE = f"{LOGIN.host}:{LOGIN.port}"
CREDENTIAL = "X-Amz-Credential=AKIA/20310101/eu-west-1/rds-db/aws4_request"
SECRET = "X-Amz-Signature=0123456789abcdef"
MANGLED = {
    "cut at its begin": (f"Action=connect&DBUser=writer&{CREDENTIAL}&{SECRET}", "it has no host and port"),
    "without its slash": (
        f"another:5432?Action=connect&DBUser=writer&{CREDENTIAL}&{SECRET}",
        "for writer at another:5432",
    ),
    "without a scope": (f"{HERE}/?DBUser=writer&X-Amz-Credential=AKIA&{SECRET}", "signed for region none"),
    "good for ever": (
        f"{HERE}/?DBUser=writer&{CREDENTIAL}&X-Amz-Date=20310101T000000Z&X-Amz-Expires={'9' * 20}&{SECRET}",
        "it says no time",
    ),
    "without a time": (f"{HERE}/?DBUser=writer&{CREDENTIAL}&{SECRET}", "it says no time"),
}


def nothing(*_: object) -> Untried:
    return Untried("nothing is asked of anybody")


@pytest.mark.parametrize("how", MANGLED)
def test_it_is_wrong_and_stays_secret(how: str) -> None:
    token, said = MANGLED[how]
    path = Path(LOGIN, token=True, said_token=token)
    found = process.token(Looking(path, nothing, nothing, log_in=nothing, look_in=nothing))
    assert found.verdict is Verdict.WRONG and said in found.answered
    assert SECRET not in str(found)


def test_a_secret_of_nothing_but_brackets_is_no_secret() -> None:
    assert secret._wrong_shape("[" * 60_000, "writer") == "it is not JSON with username and password"
