"""Can Lambda reserve what the functions ask for?

It keeps 100 executions unreserved, and a new account's quota may be 10.

Source: Lambda Developer Guide, "Configuring reserved concurrency".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from keyless.preflight.account.account import Account
from keyless.preflight.checks.increase import increase
from keyless.preflight.finding import Problem
from keyless.preflight.planned.stack import Resource
from keyless.preflight.planned.target import Target

_KEPT: Final = 100
"""Executions that Lambda keeps for functions without a reservation."""
_CODE: Final = "L-B99A9384"
"""Concurrent executions (AWS General Reference, "Lambda endpoints and quotas")."""
_PROPERTY: Final = "ReservedConcurrentExecutions"
_MISSING = frozenset({"ResourceNotFoundException"})


@dataclass(frozen=True)
class _Sums:
    """Executions: the account's quota, what our functions will reserve, what others have reserved."""

    quota: int
    ours: int
    others: int

    @property
    def needed(self) -> int:
        return self.ours + self.others + _KEPT


def concurrency(target: Target, account: Account) -> Iterator[Problem]:
    reserving = [each for each in target.resources("AWS::Lambda::Function") if each.properties.get(_PROPERTY)]
    known = [each for each in reserving if str(each.properties[_PROPERTY]).isdecimal()]
    for each in reserving:
        if each not in known:
            yield Problem.unknown(f"{each.stack}: what {each.logical_id} reserves is known only to the deploy")
    if known and (sums := _sums(target, account, known)).needed > sums.quota:
        yield Problem(
            f"Lambda's quota in {account.region} is {sums.quota} concurrent executions; {sums.needed} are needed: "
            f"{sums.ours} reserved by these stacks, {sums.others} by other functions, {_KEPT} that Lambda keeps",
            (
                increase("lambda", _CODE, sums.needed, account.region),
                "leave max_concurrency out in stacks/environments.py where the proxy queues",
            ),
        )


def _sums(target: Target, account: Account, reserving: list[Resource]) -> _Sums:
    limit = account.reader.read("lambda", "GetAccountSettings")["AccountLimit"]
    quota, reserved = (
        limit["ConcurrentExecutions"],
        limit["ConcurrentExecutions"] - limit["UnreservedConcurrentExecutions"],
    )
    ours_already = sum(_reserved(each, account) for each in target.resources("AWS::Lambda::Function"))
    return _Sums(quota, sum(int(each.properties[_PROPERTY]) for each in reserving), reserved - ours_already)


def _reserved(function: Resource, account: Account) -> int:
    """What a function of ours that is deployed already has reserved."""
    name = account.physical_id(function)
    if name is None:
        return 0
    answer = account.reader.read("lambda", "GetFunctionConcurrency", missing=_MISSING, FunctionName=name)
    return int((answer or {}).get(_PROPERTY, 0))
