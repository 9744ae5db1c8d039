"""The heading says whose login it is, or, where AWS hasn't said, of which environment."""

from keyless.doctor.path import Path
from keyless.doctor.shown import heading
from keyless_client.login import Login


def test_a_login_that_is_not_known_is_named_by_its_environment() -> None:
    unknown = Path(Login("", 0, "", "", "", ""), token=True, environment="dev")
    assert heading(unknown) == "this machine, to environment dev"
    user_known = Path(Login("", 0, "ana", "app", "", ""), token=True, environment="dev")
    assert heading(user_known) == "this machine as ana, to environment dev"
    known = Path(Login("db.example", 5432, "ana", "app", "", ""), token=True, environment="dev")
    assert heading(known) == "this machine as ana, to database app on db.example:5432"
