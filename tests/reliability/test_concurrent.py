"""Thirty-two runs at once, again and again: no error, one of them does the work, and one result."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from db_access.plan.changes import EndLogin
from db_access.postgresql.reconcile import Summary
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import converge, fingerprint, run
from tests.reliability.faults import HERE, ROUNDS, THERE, Journey

RUNS = 32


def at_once(targets: list[Database], wanted: AccessSpec) -> list[Summary]:
    """All runs, spread over the targets; the first error of any."""
    with ThreadPoolExecutor(RUNS) as pool:
        futures = [pool.submit(converge, targets[number % len(targets)], wanted) for number in range(RUNS)]
        return [future.result() for future in futures]


def test_concurrent_runs_against_one_database_agree(database: Database) -> None:
    journey = Journey(database)
    for _ in range(ROUNDS):
        for wanted, end in ((THERE, journey.there), (HERE, journey.here)):
            summaries = at_once([database], wanted)
            assert sum(map(works, summaries)) == 1
            assert journey.look() == end


def test_concurrent_runs_against_two_databases_of_one_cluster_agree(database: Database) -> None:
    """The lock is the database's, the roles are the cluster's: runs meet each other's rows and try again."""
    run(database, "master", "CREATE DATABASE second")
    second = Database(database.server, name="second")
    here, there = (in_two_databases(wanted) for wanted in (HERE, THERE))
    ends: dict[str, Any] = {}
    for number in range(ROUNDS):
        for name, wanted in (("there", there), ("here", here)):
            summaries = at_once([database, second], wanted)
            changed = {target: sum(works(s) for s in summaries if s.database == target) for target in ("app", "second")}
            assert changed == {"app": 1, "second": 1}
            end = look([database, second])
            if number:
                assert end == ends[name]
            ends[name] = end


def works(summary: Summary) -> bool:
    """Whether it did more than end a login, which a run does that then loses its turn to another one."""
    return any(not isinstance(change, EndLogin) for change in summary.plan)


def look(targets: list[Database]) -> list[Any]:
    prints = []
    for target in targets:
        with target.superuser() as connection:
            prints.append(fingerprint(connection))
    return prints


def in_two_databases(wanted: AccessSpec) -> AccessSpec:
    """The same again, with every grant in both databases."""
    document = wanted.as_properties()
    document["databases"].append({**document["databases"][0], "name": "second"})
    for user in document["users"]:
        user["grants"] += [{**grant, "database": "second"} for grant in user["grants"]]
    return AccessSpec.parse(document)
