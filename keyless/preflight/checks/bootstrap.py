"""Has CDK's bootstrap been deployed here, in the version that the assembly asks for?"""

from collections.abc import Iterator

from keyless.preflight.account.account import Account
from keyless.preflight.finding import Problem, attempt
from keyless.preflight.planned.target import Target

_MISSING = frozenset({"ParameterNotFound"})


def bootstrap(target: Target, account: Account) -> Iterator[Problem]:
    needed: dict[str, int] = {}
    for each in (bootstrap for stack in target.stacks for bootstrap in stack.bootstrap):
        needed[each.parameter] = max(each.version, needed.get(each.parameter, 0))
    for parameter, version in needed.items():
        yield from attempt(_version(target, account, parameter, version))


def _version(target: Target, account: Account, parameter: str, needed: int) -> Iterator[Problem]:
    answer = account.reader.read("ssm", "GetParameter", missing=_MISSING, Name=parameter)
    remedy = (f"make bootstrap ENV={target.environment}",)
    if answer is None:
        yield Problem(f"{account.region} has no CDK bootstrap: there is no SSM parameter {parameter}", remedy)
    elif int(found := answer["Parameter"]["Value"]) < needed:
        yield Problem(f"{parameter} says version {found}; the stacks need {needed}", remedy)
