"""Looks at regions, several at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from keyless.preflight.account.reader import Clients, Reader
from keyless.status.actions import ACTIONS
from keyless.status.asking import Asking
from keyless.status.databases import databases
from keyless.status.environments import Deployed, deployed, environment
from keyless.status.found import Database, Proxy, Region
from keyless.status.proxies import proxies

ClientsOf = Callable[[str], Clients]
"""Those of a region."""
_AT_ONCE: Final = 8


def regions_of(clients: Clients) -> tuple[list[str], list[str]]:
    """The regions that are on for the account, and why they aren't known where they aren't."""
    asking = Asking(Reader(clients, ACTIONS), "")
    found = asking.items("ec2", "DescribeRegions", "Regions") or []
    return sorted(region["RegionName"] for region in found), asking.unanswered


def look(clients_of: ClientsOf, regions: Sequence[str], name: str | None) -> list[Region]:
    """Each region, in the order given.

    Args:
        name: only this environment, and what is its; None: whatever there is.
    """
    with ThreadPoolExecutor(max_workers=min(_AT_ONCE, len(regions))) as pool:
        return list(pool.map(lambda region: _region(clients_of(region), region, name), regions))


def _region(clients: Clients, region: str, name: str | None) -> Region:
    asking = Asking(Reader(clients, ACTIONS), region)
    theirs = deployed(asking, name)
    if name is not None and not theirs:
        return Region(region, unanswered=tuple(asking.unanswered))
    found = tuple(databases(asking, {one.endpoint: one for one in theirs if one.endpoint}))
    ways = tuple(proxies(asking))
    if name is not None:
        found, ways = _of_environments(theirs, found, ways)
    environments = tuple(environment(asking, one) for one in theirs)
    return Region(region, found, ways, environments, tuple(asking.unanswered))


def _of_environments(
    theirs: Sequence[Deployed], found: Sequence[Database], ways: Sequence[Proxy]
) -> tuple[tuple[Database, ...], tuple[Proxy, ...]]:
    own = tuple(database for database in found if database.environment)
    endpoints, names = {one.proxy for one in theirs}, frozenset(database.name for database in own)
    return own, tuple(proxy for proxy in ways if proxy.endpoint in endpoints or proxy.targets_any(names))
