"""The instance class of Aurora's Serverless v2, which ministack's RDS does not list as orderable."""

from collections.abc import Callable
from typing import Any, Final

from ministack.services import rds

_OPERATION: Final = "DescribeOrderableDBInstanceOptions"
_SERVERLESS: Final = "db.serverless"
_LIKE: Final = "db.r5.large"
"""A class that ministack lists: the answer for ours differs in the name only."""
_Describe = Callable[[Any], tuple[int, dict[str, str], bytes]]


def install() -> None:
    rds._ACTION_MAP[_OPERATION] = _with_serverless(rds._ACTION_MAP[_OPERATION])


def _with_serverless(describe: _Describe) -> _Describe:
    def answer(parameters: Any) -> tuple[int, dict[str, str], bytes]:
        wanted = rds._p(parameters, "DBInstanceClass"), rds._p(parameters, "Engine").startswith("aurora-")
        if wanted != (_SERVERLESS, True):
            return describe(parameters)
        status, headers, body = describe({**parameters, "DBInstanceClass": [_LIKE]})
        return status, headers, body.replace(_LIKE.encode(), _SERVERLESS.encode())

    return answer
