"""Where environments are deployed, compared with each other: who may deploy one must not be able to deploy another."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import combinations

from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.network import ExistingNetwork


class SharedTargetError(Exception):
    """Environments share what should separate them. `problems`: a sentence for each two."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("environments share a target:\n" + "\n".join(f"  - {problem}" for problem in self.problems))


def refuse_shared(environments: Iterable[Environment]) -> None:
    """Raises SharedTargetError when two of them are not separated."""
    pairs = [*combinations(environments, 2)]
    if problems := [problem for one, other in pairs for problem in _problems(one, other)]:
        raise SharedTargetError(problems)


def overlaps(one: Environment, others: Iterable[Environment]) -> Iterator[str]:
    """A sentence for each of `others` whose network could never be peered with that of `one`, which is no mistake as
    long as nobody wants it. Looked for where the two may be neighbours: in one account and region."""
    neighbours = (each for each in others if each.region == one.region and _may_share_account(one, each))
    for other in neighbours:
        if other.name != one.name and not _in_one_vpc(one, other) and _overlap(one.network.cidr, other.network.cidr):
            yield (
                f"network.cidr: {one.network.cidr} overlaps with {other.network.cidr} of {other.name}, so the two "
                "networks can never be peered, and a network's range can't be changed"
            )


def _overlap(one: str, other: str) -> bool:
    try:
        return IPv4Network(one).overlaps(IPv4Network(other))
    except ValueError:
        return False  # a wrong range is refused where its own environment is built


def _in_one_vpc(one: Environment, other: Environment) -> bool:
    ids = [each.network.vpc_id for each in (one, other) if isinstance(each.network, ExistingNetwork)]
    return len(ids) == 2 and ids[0] == ids[1]


def _problems(one: Environment, other: Environment) -> Iterator[str]:
    if not _may_share_account(one, other):
        return
    both = f"{one.name} and {other.name}"
    qualifier = one.bootstrap_qualifier
    if one.region == other.region and qualifier == other.bootstrap_qualifier:
        yield (
            f"{both} have the same {_account(one, other)}, region {one.region} and qualifier {qualifier}, so who may "
            "deploy one may deploy the other; allowed: another `account`, `region` or `qualifier` for one of them"
        )
    repositories = [each.repository for each in (one, other) if each.repository]
    if len(repositories) == 2 and not all(repository.shares_account for repository in repositories):
        yield (
            f"{both} have pipelines and the same {_account(one, other)}, where CloudFormation is an administrator, so "
            "who may deploy one may change the other; allowed: an `account` of its own for each, or "
            "`shares_account=True` for the repository of both"
        )


def _may_share_account(one: Environment, other: Environment) -> bool:
    """An account that isn't named is that of whoever deploys."""
    return not (one.account and other.account) or one.account == other.account


def _account(one: Environment, other: Environment) -> str:
    return f"account {one.account}" if one.account and other.account else "account (`account` is not set)"
