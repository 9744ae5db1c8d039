"""max_connections of a database that doesn't exist yet: never more than it will be, and what AWS published where it
did."""

import json
from collections.abc import Callable
from importlib.metadata import distribution
from math import ceil, log2
from pathlib import Path
from typing import Any

import pytest

from keyless_aurora.engines.capacity import CapacityError, existing, provisioned, serverless
from keyless_aurora.engines.instance_classes import memory_gib
from keyless_aurora.engines.matrix import AURORA_MYSQL, AURORA_POSTGRESQL, MARIADB, MYSQL, POSTGRESQL, Engine

_RETIRED = ("t1", "t2", "m1", "m2", "m3", "m4", "r3", "r4")


def by_formula(gib: float) -> int:
    """LEAST({DBInstanceClassMemory/9531392},5000) if the instance had all its memory to itself."""
    return min(int(gib * 1024**3 / 9531392), 5000)


def _aurora_mysql(gib: float) -> int:
    """GREATEST({log(DBInstanceClassMemory/805306368)*45},{log(DBInstanceClassMemory/8187281408)*1000}), up to what its
    table rounds."""
    memory = gib * 1024**3
    return ceil(max(log2(memory / 805306368) * 45, log2(memory / 8187281408) * 1000) / 1000) * 1000


BY_FORMULA: dict[str, Callable[[float], int]] = {
    AURORA_POSTGRESQL.id: by_formula,
    POSTGRESQL.id: by_formula,
    AURORA_MYSQL.id: _aurora_mysql,
    MYSQL.id: lambda gib: int(gib * 1024**3 / 12582880),
    MARIADB.id: lambda gib: min(int(gib * 1024**3 / 25165760), 12_000),
}


@pytest.mark.parametrize(
    ("min_acu", "max_acu", "connections"),
    [
        # AuroraUserGuide/aurora-serverless-v2.setting-capacity: the table, and the example that changes a cluster's
        # range
        (1, 1, 189),
        (1, 4, 823),
        (1, 8, 1669),
        (1, 16, 3360),
        (1, 32, 5000),
        (1, 64, 5000),
        (1, 128, 5000),
        (1, 256, 5000),
        (0.5, 1, 189),
        (8, 32, 5000),
        (12.5, 80, 5000),
        (0.5, 128, 2000),
        # re:Post "Working of max_connections for Amazon Aurora PostgreSQL Serverless"
        (0.5, 16, 2000),
        (0, 16, 2000),
        (0, 8, 1669),
    ],
)
def test_serverless_has_what_aws_publishes(min_acu: float, max_acu: float, connections: int) -> None:
    assert serverless(min_acu, max_acu).max_connections == connections


def test_serverless_between_published_sizes_grows_steadily_and_stays_below_the_formula() -> None:
    sizes = [acu / 2 for acu in range(2, 513)]
    found = [serverless(1, acu).max_connections for acu in sizes]
    assert found == sorted(found)
    assert all(connections <= by_formula(2 * acu) for connections, acu in zip(found, sizes, strict=True))
    assert serverless(0.5, 2).max_connections == 378


@pytest.mark.parametrize(
    ("instance_class", "connections"),
    [
        # AuroraUserGuide/AuroraPostgreSQL.Managing, "Maximum connections", as it was up to 2023
        ("t3.medium", 420),
        ("t4g.medium", 405),
        ("t3.large", 844),
        ("t4g.large", 844),
        ("r5.large", 1600),
        ("r5.xlarge", 3300),
        ("r6g.large", 1722),
        ("r6g.xlarge", 3479),
        ("r6g.2xlarge", 5000),
        ("x2g.large", 3479),
        ("x2g.xlarge", 5000),
        ("r5.24xlarge", 5000),
    ],
)
def test_aurora_classes_have_what_aws_published(instance_class: str, connections: int) -> None:
    assert provisioned(instance_class, AURORA_POSTGRESQL).max_connections == connections
    assert provisioned(f"db.{instance_class}", AURORA_POSTGRESQL).max_connections == connections


@pytest.mark.parametrize(
    ("instance_class", "engine", "connections"),
    [
        ("r8g.large", AURORA_POSTGRESQL, 1600),
        ("r7i.xlarge", AURORA_POSTGRESQL, 3300),
        ("r8g.48xlarge", AURORA_POSTGRESQL, 5000),
        ("r6g.large", POSTGRESQL, 1600),
        ("t4g.micro", POSTGRESQL, 75),
        ("t4g.small", POSTGRESQL, 189),
        ("m7g.large", POSTGRESQL, 844),
        ("x2iedn.xlarge", POSTGRESQL, 5000),
    ],
)
def test_where_aws_published_nothing_the_least_for_as_much_memory_counts(
    instance_class: str, engine: Engine, connections: int
) -> None:
    assert provisioned(instance_class, engine).max_connections == connections


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        # UserGuide/Concepts.DBInstanceClass.Summary
        ("t3.micro", 1),
        ("t4g.small", 2),
        ("t4g.medium", 4),
        ("t4g.2xlarge", 32),
        ("m5.24xlarge", 384),
        ("m6i.32xlarge", 512),
        ("m7g.large", 8),
        ("m8g.48xlarge", 768),
        ("r5b.16xlarge", 512),
        ("r6i.32xlarge", 1024),
        ("r7g.12xlarge", 384),
        ("r8gd.xlarge", 32),
        ("x2g.large", 32),
        ("x2g.16xlarge", 1024),
        ("x2idn.16xlarge", 1024),
        ("x2idn.32xlarge", 2048),
        ("x2iedn.xlarge", 128),
        ("x2iedn.32xlarge", 4096),
    ],
)
def test_a_class_has_the_memory_that_aws_states(instance_class: str, gib: int) -> None:
    assert memory_gib(instance_class, POSTGRESQL) == gib


def _enums(value: Any, engine: str) -> set[str]:
    """Every DBInstanceClass in a schema of cfn-lint's that is for that engine."""
    if isinstance(value, list):
        return set().union(*(_enums(item, engine) for item in value))
    if not isinstance(value, dict):
        return set()
    own = value.get("then", {}).get("properties", {}).get("DBInstanceClass", {}).get("enum", [])
    mine = value.get("if", {}).get("properties", {}).get("Engine", {}).get("const") == engine
    return set(own if mine else ()).union(*(_enums(item, engine) for item in value.values()))


@pytest.fixture(scope="module")
def class_schema() -> Any:
    path = distribution("cfn-lint").locate_file(
        "cfnlint/data/schemas/extensions/aws_rds_dbinstance/dbinstanceclass_enum.json"
    )
    return json.loads(Path(str(path)).read_text())


@pytest.mark.parametrize(
    ("max_acu", "connections"),
    # AuroraUserGuide/aurora-serverless-v2.setting-capacity, the column of Aurora MySQL, and between its lines
    [(1, 90), (3.5, 90), (4, 135), (8, 1000), (12, 1000), (16, 2000), (32, 3000), (64, 4000), (128, 5000), (256, 5000)],
)
def test_serverless_aurora_mysql_has_what_aws_publishes_whatever_its_minimum(max_acu: float, connections: int) -> None:
    for min_acu in (0, 0.5, 1):
        assert serverless(min_acu, max_acu, AURORA_MYSQL).max_connections == connections


@pytest.mark.parametrize(
    ("instance_class", "engine", "connections"),
    [
        # AuroraUserGuide/AuroraMySQL.Managing.Performance, "Maximum connections to an Aurora MySQL DB instance"
        ("t3.medium", AURORA_MYSQL, 90),
        ("t4g.large", AURORA_MYSQL, 135),
        ("r5.large", AURORA_MYSQL, 1000),
        ("r6g.4xlarge", AURORA_MYSQL, 4000),
        ("r5.12xlarge", AURORA_MYSQL, 6000),
        ("r5.16xlarge", AURORA_MYSQL, 6000),
        ("r5.24xlarge", AURORA_MYSQL, 7000),
        # UserGuide/CHAP_Limits: "approximately 630" for 8 GiB, "approximately 60" for db.t3.micro
        ("m7g.large", MYSQL, 630),
        ("t3.micro", MYSQL, 56),
        ("m7g.large", MARIADB, 315),
        ("m8g.48xlarge", MARIADB, 12_000),
    ],
)
def test_the_mysql_family_has_what_aws_publishes_or_less(instance_class: str, engine: Engine, connections: int) -> None:
    assert provisioned(instance_class, engine).max_connections == connections


def test_aurora_mysql_lacks_two_families_of_aurora_postgresql() -> None:
    for name in ("r6gd.xlarge", "r8gd.large"):
        assert isinstance(memory_gib(name, AURORA_POSTGRESQL), int)
        assert "is not a known class of Aurora MySQL" in str(memory_gib(name, AURORA_MYSQL))


def test_the_operator_is_told_how_to_ask_the_server() -> None:
    with pytest.raises(CapacityError, match="SELECT @@max_connections returns"):
        provisioned("r99g.large", MYSQL)


@pytest.mark.parametrize(("engine", "most"), [(AURORA_MYSQL, 16_000), (MYSQL, 100_000), (MARIADB, 100_000)])
def test_the_mysql_family_takes_what_its_parameter_does(engine: Engine, most: int) -> None:
    assert existing(1, engine).max_connections == 1
    assert existing(most, engine).max_connections == most
    with pytest.raises(CapacityError, match=f"allowed: 1 to {most:,}"):
        existing(most + 1, engine)


@pytest.mark.parametrize(
    ("engine", "at_least"),
    [(AURORA_POSTGRESQL, 80), (POSTGRESQL, 250), (AURORA_MYSQL, 70), (MYSQL, 250), (MARIADB, 250)],
)
def test_every_class_that_can_be_deployed_is_known_and_gets_less_than_the_formula_with_all_its_memory(
    engine: Engine, at_least: int, class_schema: Any
) -> None:
    # For Aurora the list has burstable classes that the user guide hasn't.
    wanted = {
        name for name in _enums(class_schema, engine.id) if name.count(".") == 2 and name.split(".")[1] not in _RETIRED
    }
    if engine.aurora:
        wanted = {name for name in wanted if not name.startswith("db.t") or name.endswith((".medium", ".large"))}
    assert len(wanted) > at_least
    for name in wanted:
        gib = memory_gib(name, engine)
        assert isinstance(gib, int), gib
        assert 0 < provisioned(name, engine).max_connections <= BY_FORMULA[engine.id](gib), name


@pytest.mark.parametrize(
    ("instance_class", "engine", "message"),
    [
        (
            "r99g.large",
            AURORA_POSTGRESQL,
            "'r99g.large' is not a known class of Aurora PostgreSQL; allowed: r5, r6g, ",
        ),
        ("m7g.large", AURORA_POSTGRESQL, "'m7g.large' is not a known class of Aurora PostgreSQL"),
        (
            "t4g.micro",
            AURORA_POSTGRESQL,
            "'t4g.micro' doesn't exist for Aurora PostgreSQL; allowed: t4g. and medium, large",
        ),
        ("r8g.huge", POSTGRESQL, "'r8g.huge' doesn't exist for RDS for PostgreSQL; allowed: r8g. and large, xlarge, "),
        ("", POSTGRESQL, "'' is not a known class"),
    ],
)
def test_an_unknown_class_is_a_sentence_that_says_what_to_do(instance_class: str, engine: Engine, message: str) -> None:
    with pytest.raises(CapacityError) as refused:
        provisioned(instance_class, engine)
    assert message in str(refused.value) and "set `max_connections`" in str(refused.value)


def test_what_the_parameter_group_says_counts_even_for_an_unknown_class() -> None:
    assert provisioned("r99g.large", POSTGRESQL, max_connections=700).max_connections == 700
    assert serverless(1, 2, max_connections=900).max_connections == 900
    assert existing(123).max_connections == 123


def test_the_cap_of_a_small_minimum_holds_for_what_the_parameter_group_says_too() -> None:
    assert serverless(0.5, 32, max_connections=3000).max_connections == 2000
    assert serverless(1, 32, max_connections=3000).max_connections == 3000
    assert "from 1 on it is 5,000" in serverless(0, 32).source


@pytest.mark.parametrize("wrong", [-1, 0, 5, 262144])
@pytest.mark.parametrize(
    "say",
    [
        existing,
        lambda wrong: serverless(1, 2, max_connections=wrong),
        lambda wrong: provisioned("r8g.large", POSTGRESQL, max_connections=wrong),
    ],
)
def test_max_connections_out_of_range_is_refused(say: Callable[[int], object], wrong: int) -> None:
    with pytest.raises(CapacityError, match="allowed: 6 to 262,143"):
        say(wrong)


def test_a_maximum_below_one_acu_is_refused() -> None:
    with pytest.raises(CapacityError, match=r"max_acu: 0\.5 is less"):
        serverless(0.5, 0.5)
