"""Does the account have the role with which RDS makes interfaces and log streams?

RDS makes it itself only for a caller who may `iam:CreateServiceLinkedRole` (Aurora User Guide, "Using service-linked
roles"); an account that never had a database may lack it.
"""

from collections.abc import Iterator
from typing import Final

from keyless.preflight.account.account import Account
from keyless.preflight.finding import Problem
from keyless.preflight.planned.target import Target

_ROLE: Final = "AWSServiceRoleForRDS"
_NEEDS: Final = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBProxy")
_MISSING = frozenset({"NoSuchEntity"})


def service_role(target: Target, account: Account) -> Iterator[Problem]:
    if not any(target.resources(*_NEEDS)):
        return
    if account.reader.read("iam", "GetRole", missing=_MISSING, RoleName=_ROLE) is None:
        yield Problem(
            f"the account has no role {_ROLE}",
            ("aws iam create-service-linked-role --aws-service-name rds.amazonaws.com",),
        )
