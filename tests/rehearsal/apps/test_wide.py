"""An app with other names than the sample's and everything that a spec can say is rehearsed from its spec alone."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.own.uncalled import starts
from keyless.rehearsal.lines.platform.drift import drift
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.platform.settled import settled, warnings
from keyless.rehearsal.lines.table import Table, who_can_do_what
from keyless.rehearsal.stage.running import Stage
from keyless.verify.command import spec_of
from keyless.verify.deployed import Deployed
from keyless.verify.places import place
from keyless.verify.rehearsed import RehearsedToolkit, addresses
from keyless.verify.run import verify
from tests.rehearsal.apps.generated import WIDE
from tests.rehearsal.lines import policies

NOBODY = "arn:aws:rds-db:eu-west-1:000000000000:dbuser:prx-none/nobody"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(WIDE.write(tmp_path_factory.mktemp("wide")), WIDE.environment, print) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def table(stage: Stage) -> Table:
    return who_can_do_what(stage, first=True)


def wrong(lines: tuple[Line, ...]) -> list[str]:
    return [
        f"{line.what}: expected {line.expected} {line.because}: {line.measured}" for line in lines if not line.holds
    ]


def test_every_line_holds(table: Table) -> None:
    assert wrong(table.lines) == []


def test_every_function_and_every_user_has_lines(table: Table) -> None:
    functions = ("Deploys", "orders/Takes", "reporting/Takes", "Gone", "Bootstrap", "Watch")
    users = [user["username"] for user in WIDE.spec["users"]]
    databases = [database["name"] for database in WIDE.spec["databases"]]
    parts = {"function": functions, "user": users, "database": databases}
    expected = {"platform", *(f"{part} {name}" for part, names in parts.items() for name in names)}
    assert {line.group for line in table.lines} == expected


def test_own_lines_are_called_in_their_order_and_their_refusals_are_postgresqls(table: Table) -> None:
    own = {
        line.what: line.measured.outcome for line in table.lines if ": " in line.what and line.group.startswith("fun")
    }
    assert own == {
        "Deploys: makes its tables": Outcome.ALLOWED,
        "orders/Takes: takes an order": Outcome.ALLOWED,
        "orders/Takes: looks at one": Outcome.BY_POSTGRESQL,
        "reporting/Takes: reads": Outcome.ALLOWED,
    }


def test_who_can_do_what_is_said_of_everybody(table: Table) -> None:
    rows = {(row.user, row.database, row.schemas): row.cells for row in table.rows}
    assert rows["takes_orders", "shop", ("sales",)][0] == "append, read id (orders); SELECT, INSERT (open)"
    assert rows["reports", "shop", ("sales",)] == ("read", "—", "—", "—")
    assert rows["acts (as callers)", "shop", ("sales",)] == ("—", "—", "call", "—")
    assert rows["acts (as itself)", "shop", ("sales",)] == ("read", "—", "call", "—")
    assert rows["everything", "shop", ("sales", "Stock-2", "legacy")] == ("read", "read", "—", "—")
    assert rows["of the old app", "shop", ("legacy",)] == ("write", "draw", "—", "—")
    assert rows["of the old app", "many", ("public",)] == ("read", "—", "—", "—")
    assert rows["one table", "shop", ("sales",)][0] == "SELECT, TRIGGER (orders); — (open)"
    assert rows["makes", "shop", ("Stock-2",)] == ("—", "read", "—", "create")
    assert {row.user for row in table.rows if row.on_database == "no login"} == {"gone", "nobodys", "shut"}


def test_objects_that_the_rehearsal_made_are_said_so_and_gone(stage: Stage, table: Table) -> None:
    for schema in ("Stock-2", "legacy"):
        assert f"shop: schema {schema} has no table and no sequence and no function yet" in " ".join(table.notes)
    with stage.superuser("shop") as connection:
        left = connection.execute("SELECT relname FROM pg_class WHERE relname LIKE '%rehearsal%'").fetchall()
    assert left == []


def test_a_function_that_cannot_log_in_is_red_and_the_other_is_not(stage: Stage) -> None:
    (client,) = [client for client in stage.deployed.clients if client.name == "reporting/Takes"]
    elsewhere = policies.resources("rds-db:connect", lambda _: NOBODY)
    with policies.changed(stage, client.function.role, elsewhere):
        lines = who_can_do_what(stage).lines
    assert {line.what for line in lines if not line.holds} == {
        "reporting/Takes: reads",
        "reporting/Takes logs in as reports, through the proxy",
    }


@pytest.mark.parametrize(
    ("database", "grant", "red"),
    [
        ("shop", "GRANT INSERT ON sales.orders TO readers", {"reports", "acts (as itself)"}),
        ("archive", "GRANT SELECT ON ALL TABLES IN SCHEMA old TO human", set()),
        ("shop", 'GRANT CREATE ON SCHEMA "Stock-2" TO drift_watch', {"drift_watch"}),
        ("shop", "GRANT CREATE ON SCHEMA legacy TO reports", {"reports"}),
        ("many", 'GRANT CREATE ON SCHEMA public TO "of the old app"', {"of the old app"}),
        ("many", "GRANT TEMPORARY ON DATABASE many TO takes_orders", {"takes_orders"}),
    ],
)
def test_one_wrong_grant_turns_the_lines_of_who_has_it_red(
    stage: Stage, database: str, grant: str, red: set[str]
) -> None:
    stage.execute(grant, database)
    lines = [line for line in who_can_do_what(stage).lines if not line.holds and line.group.startswith("user")]
    stage.execute(grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM "), database)
    assert {line.what.split(":")[0] for line in lines} == red
    assert all(line.expected is Outcome.BY_POSTGRESQL and line.measured.outcome is Outcome.ALLOWED for line in lines)


def test_a_verify_finds_what_is_deployed_by_the_apps_name(stage: Stage, tmp_path: Path) -> None:
    where = place(stage.app.path, WIDE.environment)
    assert where.prefix == "acme-shop-KeylessAurora-acme7"
    deployed = Deployed.read(stage.cloud.client, where.prefix)
    spec = spec_of(stage.app.path / "who.yaml", deployed)
    toolkit = RehearsedToolkit(stage.app, stage.cloud, tmp_path, print)
    found = verify(toolkit, stage.cloud.client, deployed, where, spec, folder=tmp_path, address=addresses(stage))
    of_functions = {line.group for line in found.lines if line.group.startswith("function")}
    assert {"function orders/Deploys", "function orders/Takes", "function reporting/Gone"} <= of_functions
    assert wrong(tuple(found.lines)) == []


BY_HAND = (
    "GRANT SELECT, DELETE ON sales.orders TO drift_watch",
    "ALTER DEFAULT PRIVILEGES FOR ROLE sales_owner IN SCHEMA sales GRANT SELECT ON TABLES TO drift_watch",
    "REVOKE INSERT ON sales.orders FROM takes_orders",
)


def test_what_a_migration_gives_or_takes_by_hand_is_red_though_the_engine_puts_it_right(stage: Stage) -> None:
    assert [line.holds for line in settled(stage)[0]] == [True]
    stage.execute("REVOKE SELECT (id) ON sales.orders FROM takes_orders", "shop")  # as before the engine's next run
    for statement in BY_HAND:
        stage.execute(statement, "shop")
    lines, notes = settled(stage)
    told = " ".join(line.measured.reason for line in lines if not line.holds)
    assert [line.holds for line in lines] == [False] * len(lines)
    assert all(word in told for word in ("drift_watch", "DELETE", "takes_orders", "INSERT")), told
    assert notes[0].startswith("1 rights on single objects"), notes
    assert [line.holds for line in settled(stage)[0]] == [True]


def test_what_a_grant_names_and_is_not_there_is_a_note(stage: Stage) -> None:
    assert not [said for said in warnings(stage) if "sales.orders" in said]
    stage.execute("ALTER TABLE sales.orders RENAME TO misspelt", "shop")
    (said,) = (said for said in warnings(stage) if "sales.orders" in said)
    stage.execute("ALTER TABLE sales.misspelt RENAME TO orders", "shop")
    assert said.startswith("the engine says: shop: sales.orders, which `only` names, doesn't exist yet")


def test_a_function_that_no_line_calls_is_named_and_started(stage: Stage, table: Table) -> None:
    assert "Gone was started and never called: no rehearsal.yaml beside its code" in table.notes
    (client,) = [client for client in stage.deployed.clients if client.name == "Gone"]
    assert [(line.what, line.holds) for line in starts(stage)] == [("Gone starts", True)]
    replace_code(stage, client.function.name, "import nonexistent_thing")
    (line,) = starts(stage)
    assert (line.holds, "Runtime.ImportModuleError" in line.measured.reason) == (False, True)


def replace_code(stage: Stage, name: str, code: str) -> None:
    """In a deployed function. Nothing puts the old one back: the test that is about it is the last to start it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("handler.py", code)
    stage.cloud.client("lambda").update_function_code(FunctionName=name, ZipFile=archive.getvalue())


def test_the_rest_of_its_life_holds_too(stage: Stage) -> None:
    assert wrong((*drift(stage), *again(stage), *going_down(stage))) == []
    assert stage.deployed.stacks() == set()
