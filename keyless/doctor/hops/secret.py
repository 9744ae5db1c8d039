"""The secret of a user with a password: that it is there, has the right shape, and may be read."""

import json
from typing import Any, Final

from keyless.doctor.finding import Finding, Verdict, unseen, well, wrong
from keyless.doctor.hops.rights import NO_SECRET, may_read
from keyless.doctor.looking import Looking
from keyless.preflight.finding import UnansweredError

_NO_CREDENTIALS: Final = "it is not JSON with username and password"


def secret(at: Looking) -> Finding:
    """Its being there and its shape, then whether the function may read it."""
    arn, user = at.path.login.secret_arn, at.path.login.user
    asked = f"does secret {arn} have a password of {user}?"
    may = may_read(at, at.principal)
    if may.verdict is Verdict.WRONG:
        return may
    try:
        answer = at.reader.read("secretsmanager", "GetSecretValue", missing=NO_SECRET, SecretId=arn)
    except UnansweredError as error:
        if "marked" in str(error) and "delet" in str(error):
            return wrong(asked, "it is marked for deletion", f"aws secretsmanager restore-secret --secret-id {arn}")
        return unseen(asked, f"{error}, and kms:Decrypt on its key")
    if answer is None:
        return wrong(asked, "there is no such secret", "deploy again, which makes it; or name another in DB_SECRET_ARN")
    if problem := _wrong_shape(answer.get("SecretString", ""), user):
        return wrong(asked, problem, "rotate it: aws secretsmanager rotate-secret --secret-id " + str(arn))
    return may if may.verdict is Verdict.UNSEEN else well(asked, f"yes, and {at.principal} may read it")


def _wrong_shape(text: str, user: str) -> str:
    """What is wrong with it, without any of it but the name of its user."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return _NO_CREDENTIALS
    if not isinstance(document, dict) or not isinstance(document.get("password"), str) or not document["password"]:
        return _NO_CREDENTIALS
    whose = document.get("username")
    if whose == user:
        return ""
    return f"its username is {whose!r}, another user's" if isinstance(whose, str) else _NO_CREDENTIALS
