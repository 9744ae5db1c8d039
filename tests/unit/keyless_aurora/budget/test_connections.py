"""The connection budget: what fits passes, every rule is broken once and seen, and the sum is shown whole."""

from dataclasses import replace

import pytest

from db_access.spec import AccessSpec
from keyless_aurora.budget.connections import UNLIMITED, Budget, Maintenance, Workload, limits_of
from keyless_aurora.budget.rules import problems
from keyless_aurora.engines.capacity import Capacity


def through_proxy(name: str, user: str, concurrency: int | None = 10) -> Workload:
    return Workload(name, user, through_proxy=True, connections=concurrency)


def direct(name: str, user: str, concurrency: int | None = 10) -> Workload:
    return Workload(name, user, through_proxy=False, connections=concurrency)


def budget(
    *workloads: Workload, percent: int | None = 50, size: int = 200, limits: dict[str, int] | None = None
) -> Budget:
    return Budget(Capacity(size, "a test"), percent, workloads, limits or {}, (Maintenance("Bootstrap", None, 2),))


WRITER = through_proxy("Writer", "writer")
REPORTER = direct("Reporter", "reporter", 20)


def connections(made: Budget) -> dict[str, int]:
    return {line.what: line.connections for line in made.lines}


def test_what_fits_has_no_problems() -> None:
    assert problems(budget(WRITER, REPORTER)) == ()


def test_the_sum_is_pool_direct_maintenance_and_what_is_reserved() -> None:
    made = budget(WRITER, REPORTER)
    assert connections(made) == {"proxy pool": 100, "proxy itself": 2, "Reporter": 20, "Bootstrap": 2, "reserved": 5}
    assert (made.total, made.left, made.sessions) == (129, 71, 124)


def test_the_pool_is_rounded_down() -> None:
    assert budget(WRITER, percent=33, size=199).pool == 65


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
    made = budget(REPORTER, percent=None)
    assert connections(made) == {"Reporter": 20, "Bootstrap": 2, "reserved": 5}
    assert problems(made) == ()


def test_a_budget_that_just_fits_passes_and_one_connection_less_does_not() -> None:
    fits = budget(WRITER, REPORTER, direct("Exporter", "exporter", 71))
    assert (fits.left, problems(fits)) == (0, ())
    assert len(problems(replace(fits, maintenance=(Maintenance("Bootstrap", None, 3),)))) == 1


def test_more_than_the_database_has_is_refused_with_the_whole_sum_aligned() -> None:
    (problem,) = problems(budget(WRITER, REPORTER, percent=90))
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


def test_a_function_of_the_engine_is_told_with_whom_it_logs_in_as() -> None:
    """The drift watch logs in as a user of the spec, so its sessions are not the master's."""
    made = replace(budget(), maintenance=(Maintenance("Bootstrap", None, 2), Maintenance("Watch", "drift_watch", 1)))
    said = {line.what: line.why for line in made.lines}
    assert (said["Bootstrap"], said["Watch"]) == ("direct as the master", "direct as drift_watch")


@pytest.mark.parametrize("size", [79, 189, 405, 5000])
def test_all_of_the_connections_for_the_pool_never_fit_and_the_percentage_that_is_advised_does(size: int) -> None:
    (problem,) = problems(budget(WRITER, REPORTER, percent=100, size=size))
    advised = int(problem.split("max_connections_percent to ")[1].split(",")[0])
    assert problems(budget(WRITER, REPORTER, percent=advised, size=size)) == ()
    assert problems(budget(WRITER, REPORTER, percent=advised + 1, size=size)) != ()


def test_what_no_pool_however_small_makes_fit_is_to_open_less_directly() -> None:
    (problem,) = problems(budget(WRITER, direct("Reporter", "reporter", 195)))
    assert "reserve less concurrency" in problem and "max_connections_percent to" not in problem


def test_direct_without_reserved_concurrency_is_refused_and_through_the_proxy_it_queues() -> None:
    (problem,) = problems(budget(direct("Reporter", "reporter", None)))
    assert problem.startswith("workloads.Reporter.max_concurrency: none")
    assert problems(budget(through_proxy("Writer", "writer", None))) == ()


def test_direct_without_reserved_concurrency_counts_as_what_the_users_connection_limit_lets_it_open() -> None:
    made = budget(
        direct("Reporter", "r", None), direct("Exporter", "r", None), direct("Sweeper", "r", 5), limits={"r": 30}
    )
    assert problems(made) == ()
    assert {line.what: line.connections for line in made.lines if "direct as r" in line.why} == {
        "Sweeper": 5,
        "Reporter, Exporter": 25,
    }
    assert made.direct("r") == 30


def test_a_pool_smaller_than_the_number_of_its_users_is_refused_with_the_least_that_suffices() -> None:
    users = [through_proxy(f"F{i}", f"u{i}") for i in range(5)]
    (problem,) = problems(budget(*users, percent=4, size=100))
    assert "a pool of 4 for 5 users" in problem and problem.endswith("at least 5")
    assert problems(budget(*users, percent=5, size=100)) == ()


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
        problem.startswith(f"users.u.connection_limit: {limit}, but what logs in as it opens {needed}")
        and "53300" in problem
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
        percent=0,
        limits={"w": 0, "e": 1},
    )
    assert [problem.split(":")[0] for problem in problems(wrong)] == [
        "workloads.Reporter.max_concurrency",
        "proxy.max_connections_percent",
        "users.e.connection_limit",
        "users.w.connection_limit",
        "connections",
    ]


def test_users_without_a_function_are_not_in_the_sum() -> None:
    people = {f"person{i}": UNLIMITED for i in range(7)}
    assert budget(WRITER, limits=people).total == budget(WRITER).total


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
