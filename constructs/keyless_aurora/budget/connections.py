"""Who may open how many connections to one instance of the database, and whether they fit: a sum, made before anything
is deployed.

Arithmetic only: what is wrong with a sum is in `budget.rules`. Knows no CDK.

The writer's instance is what counts. A reader has as many connections again, for itself, and serves no maintenance;
after a failover it is the writer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db_access.spec import AccessSpec
from keyless_aurora.engines.capacity import Capacity

UNLIMITED = -1
POOL = "proxy pool"
RESERVED_CONCURRENCY = "reserved concurrency"
_PROXY_ITSELF = 2
"""rdsproxyadmin's. AWS publishes no number; this is what is seen, and not known to count as part of the pool."""


@dataclass(frozen=True)
class Workload:
    """Whoever is given access, and as whom and which way it connects."""

    name: str
    user: str
    through_proxy: bool
    connections: int | None
    """That it holds at most; None is as many as it likes, or as its user's connection limit."""
    why: str = RESERVED_CONCURRENCY
    """Where that number comes from."""


@dataclass(frozen=True)
class Maintenance:
    """A function of the engine, which connects directly."""

    name: str
    user: str | None
    """As whom; None: as the master."""
    connections: int


@dataclass(frozen=True)
class Line:
    """One summand."""

    what: str
    connections: int
    why: str


@dataclass(frozen=True)
class Budget:
    """The sum. `limits` has the `connection_limit` of every user that logs in (see `limits_of`)."""

    capacity: Capacity
    pool_percent: int | None
    """The proxy's max_connections_percent; None without a proxy."""
    workloads: tuple[Workload, ...]
    limits: Mapping[str, int]
    maintenance: tuple[Maintenance, ...] = ()

    @property
    def pool(self) -> int:
        """What the proxy may open to each instance (AuroraUserGuide/rds-proxy-connections, MaxConnectionsPercent)."""
        return self.capacity.max_connections * (self.pool_percent or 0) // 100

    @property
    def proxied(self) -> dict[str, int]:
        """The users that come through the proxy, and what their connection limits leave to it: UNLIMITED,
        or a number."""
        return {user: self._left_to_proxy(user) for user in sorted({w.user for w in self.workloads if w.through_proxy})}

    def limit(self, user: str) -> int:
        return self.limits.get(user, UNLIMITED)

    def direct(self, user: str) -> int:
        """What is open directly at most as `user`: what is reserved or pooled, or, without, what PostgreSQL lets the
        user open. Without a limit either, they don't count."""
        return self._reserved(user) + self._unreserved(user)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every summand, with its reason."""
        return *self._proxy_lines(), *self._direct_lines(), self._reserved_line()

    @property
    def total(self) -> int:
        return sum(line.connections for line in self.lines)

    @property
    def sessions(self) -> int:
        """What is open at most when all is as it should: the total without what is kept free. For alarms on
        DatabaseConnections."""
        return self.total - self._reserved_line().connections

    @property
    def left(self) -> int:
        """What remains of max_connections; below zero, what is missing."""
        return self.capacity.max_connections - self.total

    @property
    def text(self) -> str:
        """The whole sum, as aligned lines, without a newline at its end."""
        end = Line("left", self.left, "") if self.left >= 0 else Line("missing", -self.left, "")
        rows = (
            Line("max_connections", self.capacity.max_connections, self.capacity.source),
            *self.lines,
            Line("total", self.total, ""),
            end,
        )
        wide, long = max(len(row.what) for row in rows), max(len(f"{row.connections:,}") for row in rows)
        return "\n".join(f"{row.what:<{wide}}  {row.connections:>{long},}  {row.why}".rstrip() for row in rows)

    def _reserved(self, user: str) -> int:
        return sum(w.connections or 0 for w in self._directly(user))

    def _unreserved(self, user: str) -> int:
        if all(w.connections is not None for w in self._directly(user)):
            return 0
        return max(0, self.limit(user) - self._reserved(user))

    def _directly(self, user: str) -> list[Workload]:
        return [w for w in self.workloads if not w.through_proxy and w.user == user]

    def _left_to_proxy(self, user: str) -> int:
        limit = self.limit(user)
        return UNLIMITED if limit == UNLIMITED else max(0, limit - self.direct(user))

    def _proxy_lines(self) -> Iterator[Line]:
        if self.pool_percent is None:
            return
        share = f"max_connections_percent {self.pool_percent}"
        held = sum(self.proxied.values())
        if UNLIMITED not in self.proxied.values() and held < self.pool:
            limits = ", ".join(f"{user} {left:,}" for user, left in self.proxied.items())
            yield Line(
                POOL, held, f"its users' connection limits: {limits or 'no user'} ({share} would allow {self.pool:,})"
            )
        else:
            yield Line(POOL, self.pool, share)
        yield Line("proxy itself", _PROXY_ITSELF, "its user rdsproxyadmin")

    def _direct_lines(self) -> Iterator[Line]:
        for workload in self.workloads:
            if not workload.through_proxy and workload.connections is not None:
                yield Line(workload.name, workload.connections, f"direct as {workload.user}, {workload.why}")
        for user in dict.fromkeys(w.user for w in self.workloads):
            if names := [w.name for w in self._directly(user) if w.connections is None]:
                reason = "no limit: not counted" if self.limit(user) == UNLIMITED else "its connection limit"
                yield Line(", ".join(names), self._unreserved(user), f"direct as {user}, {reason}")
        for function in self.maintenance:
            yield Line(function.name, function.connections, f"direct as {function.user or 'the master'}")

    def _reserved_line(self) -> Line:
        reserved = self.capacity.reserved
        return Line(
            "reserved", sum(reserved.values()), ", ".join(f"{name} {value}" for name, value in reserved.items())
        )


def limits_of(spec: AccessSpec) -> dict[str, int]:
    """The connection limit of each user that logs in. Without one, it has all but the master's room: no limit here."""
    limits = {user.username: user.connection_limit for user in spec.users if user.logs_in}
    return {user: UNLIMITED if limit is None else limit for user, limit in limits.items()}
