"""The connection budget: what fits passes, every rule is broken once and seen, and the sum is shown whole."""

from dataclasses import dataclass, replace

import pytest

from db_access.spec import AccessSpec
from keyless_aurora.budget.connections import UNLIMITED, Budget, Maintenance, Pool, Workload, limits_of
from keyless_aurora.budget.rules import notes, problems
from keyless_aurora.engines.capacity import Capacity


@dataclass(frozen=True)
class Proxy:
    """ProxySettings, without the CDK that its module imports."""

    max_connections_percent: int = 50
    borrow_timeout_seconds: int = 120
    reader_endpoint: bool = False


PROXY = Proxy()


def through_proxy(name: str, user: str, concurrency: int | None = 10, timeout: int | None = None) -> Workload:
    return Workload(name, user, through_proxy=True, max_concurrency=concurrency, timeout_seconds=timeout)


def direct(name: str, user: str, concurrency: int | None = 10) -> Workload:
    return Workload(name, user, through_proxy=False, max_concurrency=concurrency)


def budget(
    *workloads: Workload, proxy: Pool | None = PROXY, size: int = 200, limits: dict[str, int] | None = None
) -> Budget:
    return Budget(Capacity(size, "a test"), proxy, workloads, limits or {}, (Maintenance("Bootstrap", 2),))


WRITER = through_proxy("Writer", "writer")
REPORTER = direct("Reporter", "reporter", 20)


def connections(made: Budget) -> dict[str, int]:
    return {line.what: line.connections for line in made.lines}


def test_what_fits_has_neither_problems_nor_notes() -> None:
    fits = budget(WRITER, REPORTER)
    assert (problems(fits), notes(fits)) == ((), ())


def test_the_sum_is_pool_direct_maintenance_and_what_is_reserved() -> None:
    made = budget(WRITER, REPORTER)
    assert connections(made) == {"proxy pool": 100, "proxy itself": 2, "Reporter": 20, "Bootstrap": 2, "reserved": 5}
    assert (made.total, made.left, made.sessions) == (129, 71, 124)


def test_the_pool_is_rounded_down() -> None:
    assert budget(WRITER, proxy=Proxy(33), size=199).pool == 65


@pytest.mark.parametrize(
    ("limits", "pool"),
    [
        ({"writer": 10, "migrator": 5}, 15),
        ({"writer": 10}, 100),
        ({"writer": 10, "migrator": UNLIMITED}, 100),
        ({"writer": 90, "migrator": 20}, 100),
    ],
)
def test_the_pool_counts_no_more_than_the_connection_limits_of_all_its_users(limits: dict[str, int], pool: int) -> None:
    assert connections(budget(WRITER, through_proxy("Migrator", "migrator"), limits=limits))["proxy pool"] == pool


def test_what_a_user_opens_directly_is_not_left_to_the_proxy() -> None:
    made = budget(WRITER, direct("Exporter", "writer", 4), limits={"writer": 10})
    assert connections(made)["proxy pool"] == 6
    assert problems(made) == ()


def test_without_a_proxy_there_is_no_pool() -> None:
    made = budget(REPORTER, proxy=None)
    assert connections(made) == {"Reporter": 20, "Bootstrap": 2, "reserved": 5}
    assert problems(made) == ()


def test_a_budget_that_just_fits_passes_and_one_connection_less_does_not() -> None:
    fits = budget(WRITER, REPORTER, direct("Exporter", "exporter", 71))
    assert (fits.left, problems(fits)) == (0, ())
    assert len(problems(replace(fits, maintenance=(Maintenance("Bootstrap", 3),)))) == 1


def test_more_than_the_database_has_is_refused_with_the_whole_sum_aligned() -> None:
    (problem,) = problems(budget(WRITER, REPORTER, proxy=Proxy(90)))
    assert problem.splitlines() == [
        "connections: 9 more than the database has; lower proxy.max_connections_percent to 85, or take a "
        "capacity of at least 209 connections",
        "    max_connections  200  a test",
        "    proxy pool       180  max_connections_percent 90",
        "    proxy itself       2  its user rdsproxyadmin",
        "    Reporter          20  direct as reporter, reserved concurrency",
        "    Bootstrap          2  direct as the master",
        "    reserved           5  superuser_reserved_connections 3, rds.rds_superuser_reserved_connections 2",
        "    total            209",
        "    missing            9",
    ]


@pytest.mark.parametrize("size", [79, 189, 405, 5000])
def test_all_of_the_connections_for_the_pool_never_fit_and_the_percentage_that_is_advised_does(size: int) -> None:
    (problem,) = problems(budget(WRITER, REPORTER, proxy=Proxy(100), size=size))
    advised = int(problem.split("max_connections_percent to ")[1].split(",")[0])
    assert problems(budget(WRITER, REPORTER, proxy=Proxy(advised), size=size)) == ()
    assert problems(budget(WRITER, REPORTER, proxy=Proxy(advised + 1), size=size)) != ()


def test_what_no_pool_however_small_makes_fit_is_to_open_less_directly() -> None:
    (problem,) = problems(budget(WRITER, direct("Reporter", "reporter", 195)))
    assert "reserve less concurrency" in problem and "max_connections_percent to" not in problem


def test_direct_without_reserved_concurrency_is_refused_and_through_the_proxy_it_queues() -> None:
    (problem,) = problems(budget(direct("Reporter", "reporter", None)))
    assert problem.startswith("workloads.Reporter.max_concurrency: none")
    queues = budget(through_proxy("Writer", "writer", None))
    assert problems(queues) == ()
    assert notes(queues) == (
        "Writer: its concurrency is unlimited; what finds the pool busy waits up to 120 s "
        "(proxy.borrow_timeout_seconds), then fails",
    )


def test_a_workload_through_a_proxy_that_is_not_there_is_refused() -> None:
    assert problems(budget(WRITER, proxy=None)) == ("workloads.Writer: connects through the proxy, but there is none",)


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_a_percentage_out_of_range_is_refused(percent: int) -> None:
    assert f"proxy.max_connections_percent: {percent} is out of range; allowed: 1 to 100" in problems(
        budget(proxy=Proxy(percent))
    )


def test_a_pool_smaller_than_the_number_of_its_users_is_refused_with_the_least_that_suffices() -> None:
    users = [through_proxy(f"F{i}", f"u{i}") for i in range(5)]
    (problem,) = problems(budget(*users, proxy=Proxy(4), size=100))
    assert "a pool of 4 for 5 users" in problem and problem.endswith("at least 5")
    assert problems(budget(*users, proxy=Proxy(5), size=100)) == ()


@pytest.mark.parametrize(
    ("workloads", "limit", "needed"),
    [
        ((direct("Reporter", "u", 20),), 19, "20 (Reporter 20)"),
        ((direct("Reporter", "u", 20), direct("Exporter", "u", 5)), 24, "25 (Reporter 20, Exporter 5)"),
        ((direct("Reporter", "u", 20), through_proxy("Writer", "u")), 20, "21 (Reporter 20, the proxy at least 1)"),
        ((through_proxy("Writer", "u"),), 0, "1 (the proxy at least 1)"),
    ],
)
def test_a_connection_limit_below_what_the_users_functions_open_is_refused(
    workloads: tuple[Workload, ...], limit: int, needed: str
) -> None:
    (problem,) = problems(budget(*workloads, limits={"u": limit}))
    assert (
        problem.startswith(f"users.u.connection_limit: {limit}, but its functions open {needed}") and "53300" in problem
    )
    assert (
        problems(budget(*workloads, limits={"u": limit + 1}))
        == problems(budget(*workloads, limits={"u": UNLIMITED}))
        == ()
    )


def test_all_problems_are_reported_at_once() -> None:
    wrong = budget(
        through_proxy("Writer", "w"),
        direct("Reporter", "r", None),
        direct("Exporter", "e", 300),
        proxy=Proxy(101),
        limits={"w": 0, "e": 1},
    )
    assert [problem.split(":")[0] for problem in problems(wrong)] == [
        "workloads.Reporter.max_concurrency",
        "proxy.max_connections_percent",
        "users.e.connection_limit",
        "users.w.connection_limit",
        "connections",
    ]


def test_more_environments_than_connections_are_a_note_with_the_ratio() -> None:
    (note,) = notes(budget(through_proxy("Writer", "writer", 250), through_proxy("Migrator", "writer", 150)))
    assert note.startswith(
        "writer: 400 function environments share 100 connections, 4.0 to 1; each may be in a transaction 25% of "
        "its time"
    )
    assert notes(budget(through_proxy("Writer", "writer", 100))) == ()


def test_a_connection_limit_above_the_pool_is_a_note_for_one_spec_serves_environments_of_all_sizes() -> None:
    assert notes(budget(WRITER, limits={"writer": 101})) == (
        "writer: its connection limit of 101 is never reached, because the pool has 100",
    )
    assert notes(budget(WRITER, limits={"writer": 100})) == ()


@pytest.mark.parametrize(("concurrency", "noted"), [(10, False), (11, True), (None, True)])
def test_a_connection_limit_that_refuses_before_the_proxy_queues_is_a_note(
    concurrency: int | None, noted: bool
) -> None:
    found = notes(budget(through_proxy("Writer", "writer", concurrency), limits={"writer": 10}))
    assert any("leaves the proxy 10 of the pool's 100" in note for note in found) is noted


@pytest.mark.parametrize(("timeout", "noted"), [(15, True), (120, True), (121, False), (None, False)])
def test_a_function_that_ends_before_the_proxy_gives_up_is_a_note(timeout: int | None, noted: bool) -> None:
    found = notes(budget(through_proxy("Writer", "writer", timeout=timeout)))
    assert any(note.startswith("Writer: its timeout of") for note in found) is noted


def test_a_reader_endpoint_is_a_note_because_each_reader_has_a_pool_of_its_own() -> None:
    with_reader = budget(WRITER, proxy=Proxy(reader_endpoint=True))
    assert connections(with_reader) == connections(budget(WRITER))
    (note,) = notes(with_reader)
    assert note.startswith("reader endpoint: the proxy may open 100 connections to each reader")


@pytest.mark.parametrize(("concurrency", "noted"), [(96, False), (97, True)])
def test_direct_sessions_that_a_deployment_may_double_are_a_note_when_they_would_not_fit(
    concurrency: int, noted: bool
) -> None:
    made = budget(direct("Reporter", "reporter", concurrency), size=201)
    assert any(note.startswith("deployments: ") for note in notes(made)) is noted
    assert problems(made) == ()


def test_users_without_a_function_are_a_note_and_not_in_the_sum() -> None:
    people = {f"person{i}": UNLIMITED for i in range(7)}
    made = budget(WRITER, limits=people)
    assert made.total == budget(WRITER).total
    assert notes(made) == (
        "not in the sum: person0, person1, person2, person3, person4 and 2 more may log in without a connection_limit, "
        "and no function here connects as them",
    )


@pytest.mark.parametrize(("limit", "noted"), [(91, False), (92, True)])
def test_users_without_a_function_are_a_note_when_their_limits_exceed_what_is_left(limit: int, noted: bool) -> None:
    found = notes(budget(WRITER, limits={"person": limit}))
    assert found == (
        (f"not in the sum: users without a function here may open {limit} by their connection limits, and 91 are left",)
        if noted
        else ()
    )


def test_only_users_that_log_in_have_a_limit() -> None:
    users = [
        {"username": "writer", "connection_limit": 5},
        {"username": "unlimited"},
        {"username": "off", "enabled": False},
        {"username": "group", "can_login": False},
        {"username": "never", "auth_method": "none"},
    ]
    spec = AccessSpec.parse({"version": 1, "databases": [{"name": "app"}], "users": users})
    assert limits_of(spec) == {"writer": 5, "unlimited": UNLIMITED}
