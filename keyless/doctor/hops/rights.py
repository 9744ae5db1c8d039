"""What IAM's simulator says of the rights that a login takes, and what to do about one that is missing."""

from typing import Final

from keyless.doctor.account.endpoints import Endpoint
from keyless.doctor.account.policies import CONNECT, Right, simulated
from keyless.doctor.finding import Finding, Verdict
from keyless.doctor.looking import Looking

READ: Final = "secretsmanager:GetSecretValue"
DECRYPT: Final = "kms:Decrypt"
NO_SECRET: Final = frozenset({"ResourceNotFoundException"})
_READ_FIX: Final = "deploy again, which gives it; of a role of your own, give it {action} on {resource}"
_GRANT: Final = (
    "give it: access.grant(…, user={user!r}) in the stack, and deploy; for people a policy with {action} on {resource}"
)


def may_connect(at: Looking, principal: str, there: Endpoint) -> Finding:
    login, (_, partition, *_) = at.path.login, at.identity.arn.split(":")
    resource = f"arn:{partition}:rds-db:{login.region}:{at.identity.account}:dbuser:{there.resource_id}/{login.user}"
    fix = _GRANT.format(user=login.user, action=CONNECT, resource=resource)
    return simulated(at.reader, Right(principal, CONNECT, resource), fix)


def may_read(at: Looking, principal: str) -> Finding:
    """The secret, and its key, where that is a key of the account's own."""
    arn = str(at.path.login.secret_arn)
    found = simulated(at.reader, Right(principal, READ, arn), _READ_FIX.format(action=READ, resource=arn))
    if found.verdict is not Verdict.WELL:
        return found
    secret = at.reader.read("secretsmanager", "DescribeSecret", missing=NO_SECRET, SecretId=arn) or {}
    key, via = secret.get("KmsKeyId") or "", f"secretsmanager.{arn.split(':')[3]}.amazonaws.com"
    if not key.startswith("arn:"):
        return found
    right = Right(principal, DECRYPT, key, {"kms:ViaService": via})
    return simulated(at.reader, right, _READ_FIX.format(action=DECRYPT, resource=key))
