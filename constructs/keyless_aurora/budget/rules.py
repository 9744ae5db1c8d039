"""What is wrong with a connection budget, and what to know about one that fits. Sentences for the operator; knows no
CDK."""

from collections.abc import Iterator

from keyless_aurora.budget.connections import POOL, UNLIMITED, Budget


def problems(budget: Budget) -> tuple[str, ...]:
    """Why the settings can't be kept, everything at once; empty when they fit."""
    return (
        *_unbounded(budget),
        *_without_proxy(budget),
        *_pool_problems(budget),
        *_limit_problems(budget),
        *_over(budget),
    )


def notes(budget: Budget) -> tuple[str, ...]:
    """What an operator should know of a budget, whether or not it fits."""
    return (
        *_sharing(budget),
        *_limits(budget),
        *_waiting(budget),
        *_reader(budget),
        *_deployments(budget),
        *_others(budget),
    )


def _unbounded(budget: Budget) -> Iterator[str]:
    for workload in budget.workloads:
        if not workload.through_proxy and workload.max_concurrency is None:
            yield (
                f"workloads.{workload.name}.max_concurrency: none, so a burst may open any number of direct "
                f"connections; "
                "reserve concurrency, or go through the proxy, which queues"
            )


def _without_proxy(budget: Budget) -> Iterator[str]:
    for workload in budget.workloads:
        if workload.through_proxy and budget.proxy is None:
            yield f"workloads.{workload.name}: connects through the proxy, but there is none"


def _pool_problems(budget: Budget) -> Iterator[str]:
    if budget.proxy is None:
        return
    percent, users = budget.proxy.max_connections_percent, len(budget.proxied)
    if not 1 <= percent <= 100:
        yield f"proxy.max_connections_percent: {percent} is out of range; allowed: 1 to 100"
    elif budget.pool < users:
        yield (
            f"proxy.max_connections_percent: {percent} of {budget.capacity.max_connections:,} is a pool of "
            f"{budget.pool:,} for "
            f"{users} users, and a connection serves one user only; allowed: at least {_percent_for(users, budget)}"
        )


def _limit_problems(budget: Budget) -> Iterator[str]:
    for user in sorted({workload.user for workload in budget.workloads}):
        limit, needed = budget.limit(user), budget.direct(user) + (user in budget.proxied)
        if limit == UNLIMITED or needed <= limit:
            continue
        who = [
            f"{w.name} {w.max_concurrency or 0:,}" for w in budget.workloads if w.user == user and not w.through_proxy
        ]
        who += ["the proxy at least 1"] if user in budget.proxied else []
        yield (
            f"users.{user}.connection_limit: {limit:,}, but its functions open {needed:,} ({', '.join(who)}), and "
            f"PostgreSQL refuses "
            f"one more (53300, too many connections for role); raise it to {needed:,}, or reserve less concurrency"
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
    if budget.proxy and percent >= max(1, _percent_for(len(budget.proxied), budget)):
        return f"lower proxy.max_connections_percent to {percent}, or {larger}"
    return f"reserve less concurrency for what connects directly, or {larger}"


def _percent_for(connections: int, budget: Budget) -> int:
    return -(-connections * 100 // budget.capacity.max_connections)


def _sharing(budget: Budget) -> Iterator[str]:
    for user, left in budget.proxied.items() if budget.proxy else ():
        connections = budget.pool if left == UNLIMITED else min(left, budget.pool)
        concurrency = _concurrency(user, budget)
        if concurrency is not None and 0 < connections < concurrency:
            ratio = concurrency / connections
            yield (
                f"{user}: {concurrency:,} function environments share {connections:,} connections, {ratio:.1f} to 1; "
                f"each may be in a "
                f"transaction {1 / ratio:.0%} of its time, less when the proxy pins sessions"
            )


def _limits(budget: Budget) -> Iterator[str]:
    for user, left in budget.proxied.items() if budget.proxy else ():
        concurrency = _concurrency(user, budget)
        if left > budget.pool:
            yield (
                f"{user}: its connection limit of {budget.limit(user):,} is never reached, because the pool has "
                f"{budget.pool:,}"
            )
        elif UNLIMITED < left < budget.pool and (concurrency is None or concurrency > left):
            yield (
                f"{user}: its connection limit leaves the proxy {left:,} of the pool's {budget.pool:,}; PostgreSQL "
                f"refuses more "
                "(53300), and whether the proxy then waits or passes the error on is not documented"
            )


def _concurrency(user: str, budget: Budget) -> int | None:
    """Of the user's functions that go through the proxy, together; None is unlimited."""
    each = [w.max_concurrency for w in budget.workloads if w.through_proxy and w.user == user]
    known = [concurrency for concurrency in each if concurrency is not None]
    return sum(known) if len(known) == len(each) else None


def _waiting(budget: Budget) -> Iterator[str]:
    patience = budget.proxy.borrow_timeout_seconds if budget.proxy else 0
    for workload in budget.workloads if budget.proxy else ():
        if workload.through_proxy and workload.max_concurrency is None:
            yield (
                f"{workload.name}: its concurrency is unlimited; what finds the pool busy waits up to {patience} s "
                "(proxy.borrow_timeout_seconds), then fails"
            )
        if workload.through_proxy and workload.timeout_seconds is not None and workload.timeout_seconds <= patience:
            yield (
                f"{workload.name}: its timeout of {workload.timeout_seconds} s ends it before the proxy gives up "
                f"waiting for a "
                f"connection ({patience} s, proxy.borrow_timeout_seconds), so it never sees why"
            )


def _reader(budget: Budget) -> Iterator[str]:
    if budget.proxy and budget.proxy.reader_endpoint:
        yield (
            f"reader endpoint: the proxy may open {budget.pool:,} connections to each reader, which has a "
            f"max_connections of its own"
        )


def _deployments(budget: Budget) -> Iterator[str]:
    direct, left = budget.direct(), max(0, budget.left)
    if direct > left:
        yield (
            f"deployments: environments of a function's last version keep their sessions until Lambda ends them; "
            f"directly that is up to "
            f"{direct:,} more for a while, and {left:,} are left"
        )


def _others(budget: Budget) -> Iterator[str]:
    unlimited = [user for user, limit in budget.others.items() if limit == UNLIMITED]
    allowed, left = sum(limit for limit in budget.others.values() if limit != UNLIMITED), max(0, budget.left)
    if unlimited:
        yield (
            f"not in the sum: {_some(unlimited)} may log in without a connection_limit, and no function here "
            f"connects as them"
        )
    if allowed > left:
        yield (
            f"not in the sum: users without a function here may open {allowed:,} by their connection limits, and "
            f"{left:,} are left"
        )


def _some(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
