"""Can each stack that exists be updated?

Source: CloudFormation User Guide, "Stack status codes".
"""

from collections.abc import Iterator
from typing import Final

from keyless.preflight.account.account import Account, Deployed
from keyless.preflight.finding import Problem, attempt
from keyless.preflight.planned.target import Target

_DELETE: Final = "aws cloudformation delete-stack --stack-name {name} --region {region}"
_UNPROTECT: Final = (
    "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {name} "
    "--region {region} && "
)
_STUCK: Final = {
    "CREATE_FAILED": ("its first deploy failed", _DELETE),
    "ROLLBACK_COMPLETE": ("its first deploy failed and was rolled back; it can only be deleted", _DELETE),
    "ROLLBACK_FAILED": ("its first deploy failed and so did the rollback; it can only be deleted", _DELETE),
    "DELETE_FAILED": ("its deletion stopped half-way", _DELETE),
    "UPDATE_FAILED": (
        "its last deploy failed and was not rolled back",
        "aws cloudformation rollback-stack --stack-name {name} --region {region}",
    ),
    "UPDATE_ROLLBACK_FAILED": (
        "its last deploy failed and so did the rollback",
        "aws cloudformation continue-update-rollback --stack-name {name} --region {region}",
    ),
}
_BUSY: Final = (
    "aws cloudformation describe-stack-events --stack-name {name} --region {region}   # wait until it has ended"
)


def stacks(target: Target, account: Account) -> Iterator[Problem]:
    for stack in target.stacks:
        yield from attempt(_state(stack.name, account))


def _state(name: str, account: Account) -> Iterator[Problem]:
    deployed = account.deployed(name)
    if deployed is None or deployed.status == "REVIEW_IN_PROGRESS":  # an unused change set: no stack yet
        return
    if deployed.status in _STUCK:
        reason, command = _STUCK[deployed.status]
        yield _problem(name, deployed, account, reason, _unprotected(deployed, command))
    elif deployed.status.endswith("_IN_PROGRESS"):
        yield _problem(name, deployed, account, "something else is changing it", _BUSY)


def _unprotected(deployed: Deployed, command: str) -> str:
    return _UNPROTECT + command if deployed.protected and command == _DELETE else command


def _problem(name: str, deployed: Deployed, account: Account, reason: str, command: str) -> Problem:
    return Problem(f"{name} is {deployed.status}: {reason}", (command.format(name=name, region=account.region),))
