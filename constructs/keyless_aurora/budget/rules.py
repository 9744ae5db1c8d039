"""What is wrong with a connection budget. Sentences for the operator; knows no CDK."""

from collections.abc import Iterator

from keyless_aurora.budget.connections import POOL, RESERVED_CONCURRENCY, UNLIMITED, Budget, Workload
from keyless_aurora.engines.family import Family

_REFUSED = {
    Family.POSTGRESQL: "PostgreSQL refuses one more (53300, too many connections for role)",
    Family.MYSQL: "the server refuses one more (1226, max_user_connections)",
    Family.SQLSERVER: "nobody here makes the server keep it",
    Family.ORACLE: "nobody here makes the server keep it",
    Family.DB2: "nobody here makes the server keep it",
}


def problems(budget: Budget) -> tuple[str, ...]:
    """Why the settings can't be kept, everything at once; empty when they fit."""
    return (
        *_unbounded(budget),
        *_pool_problems(budget),
        *_limit_problems(budget),
        *_over(budget),
    )


def _unbounded(budget: Budget) -> Iterator[str]:
    for workload in budget.workloads:
        bounded = workload.connections is not None or budget.limit(workload.user) != UNLIMITED
        if not workload.through_proxy and not bounded:
            yield (
                f"workloads.{workload.name}.{_setting(workload)}: none, so a burst may open any number of direct "
                f"connections; {_bound(workload)}, give user {workload.user!r} a connection_limit, or go through the "
                "proxy, which queues"
            )


def _setting(workload: Workload) -> str:
    return "max_concurrency" if workload.why == RESERVED_CONCURRENCY else "connections"


def _bound(workload: Workload) -> str:
    reserved = workload.why == RESERVED_CONCURRENCY
    return "reserve concurrency" if reserved else "say `connections=` in its grant"


def _pool_problems(budget: Budget) -> Iterator[str]:
    users = len(budget.proxied)
    if budget.pool_percent is not None and budget.pool < users:
        yield (
            f"proxy.max_connections_percent: {budget.pool_percent} of {budget.capacity.max_connections:,} is a pool of "
            f"{budget.pool:,} for {users} users, and a connection serves one user only; allowed: at least "
            f"{_percent_for(users, budget)}"
        )


def _limit_problems(budget: Budget) -> Iterator[str]:
    for user in sorted({workload.user for workload in budget.workloads}):
        limit, needed = budget.limit(user), budget.direct(user) + (user in budget.proxied)
        if limit == UNLIMITED or needed <= limit:
            continue
        who = [f"{w.name} {w.connections or 0:,}" for w in budget.workloads if w.user == user and not w.through_proxy]
        who += ["the proxy at least 1"] if user in budget.proxied else []
        yield (
            f"users.{user}.connection_limit: {limit:,}, but what logs in as it opens {needed:,} ({', '.join(who)}), "
            f"and {_REFUSED[budget.capacity.family]}; raise it to {needed:,}, or "
            "reserve less concurrency or make pools smaller"
        )


def _over(budget: Budget) -> Iterator[str]:
    if budget.left >= 0:
        return
    sum_of_it = budget.text.replace("\n", "\n    ")
    yield f"connections: {-budget.left:,} more than the database has; {_remedy(budget)}\n    {sum_of_it}"


def _remedy(budget: Budget) -> str:
    pooled = sum(line.connections for line in budget.lines if line.what == POOL)
    percent = (
        (pooled + budget.left + 1) * 100 - 1
    ) // budget.capacity.max_connections  # the largest whose pool, rounded down, fits
    larger = f"take a capacity of at least {budget.total:,} connections"
    if budget.pool_percent and percent >= max(1, _percent_for(len(budget.proxied), budget)):
        return f"lower proxy.max_connections_percent to {percent}, or {larger}"
    return f"reserve less concurrency, or smaller pools, for what connects directly, or {larger}"


def _percent_for(connections: int, budget: Budget) -> int:
    return -(-connections * 100 // budget.capacity.max_connections)
