"""The drift watch on a real server: what was changed by hand is named, nothing is written, no deploy waits, and the
answer stays small.

It logs in as the user that the stacks give it, who can connect and nothing else. Only the way to the database differs
from AWS: by the server's socket instead of an IAM token.
"""

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
import pytest

from db_access import watch
from db_access.errors import AccessError, ApplyError, UnreachableError
from db_access.plan import finding
from db_access.plan.finding import MOST_BYTES, Finding
from db_access.postgresql import catalog, proof, reconcile
from db_access.postgresql import connection as engine_connection
from db_access.postgresql.reconcile import Timeouts
from db_access.spec import AccessSpec
from db_access.spec.deployed import Deployed
from tests.conftest import MASTER, Database
from tests.database import engine
from tests.database.engine import fingerprint, make_tables, run
from tests.database.watched import looked
from tests.deployed import deploy

WATCH = {"username": "drift_watch", "databases": ["app"]}
SAMPLE = engine.with_user(**WATCH)
LOCK = "SELECT pg_advisory_lock(x'6B65796C657373'::bigint)"


@pytest.fixture
def watched(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """`database` is what the watch connects to, and what the sample spec says, with tables in it."""
    monkeypatch.setenv("MASTER", MASTER)
    monkeypatch.setenv("DB_CLUSTER_RESOURCE_ID", "cluster-ABC")
    monkeypatch.setattr(engine_connection, "with_token", lambda name, *, patience: as_watch(database)())
    converge(database)
    make_tables(database)
    converge(database)
    return database


def as_watch(database: Database) -> reconcile.Connect:
    return lambda: psycopg.connect(database.conninfo("drift_watch"))


def converge(database: Database, wanted: AccessSpec = SAMPLE, **options: Any) -> Any:
    return engine.converge(database, wanted, **options)


def with_user(**fields: Any) -> AccessSpec:
    raw = SAMPLE.as_properties()
    return AccessSpec.parse({**raw, "users": [*raw["users"], fields]})


def event(wanted: AccessSpec = SAMPLE, **more: Any) -> dict[str, Any]:
    return {"Database": "app", "Cluster": "cluster-ABC", "Spec": wanted.as_properties(), **more}


def look(wanted: AccessSpec = SAMPLE, **more: Any) -> dict[str, Any]:
    """As the deploy of `wanted` has set the function up."""
    with pytest.MonkeyPatch.context() as patch:
        deploy(patch, wanted.as_properties())
        return watch.handler(event(wanted, **more), None)


def test_a_database_that_is_as_its_spec_says_has_no_drift(watched: Database) -> None:
    found = look()
    assert (found["drift"], found["busy"], found["left_out"]) == (0, False, 0)
    assert found["summary"] == "database 'app' is as its access spec says"
    assert [*found["lock_outs"], *found["obstacles"], *found["surprises"], *found["changes"]] == []
    assert (found["database"], found["cluster"]) == ("app", "cluster-ABC")


@pytest.mark.parametrize(
    ("user", "by_hand", "part", "said"),
    [
        (
            "migrator",
            "GRANT SELECT ON foo.event TO lambda_writer",
            "surprises",
            "'lambda_writer' can SELECT on table foo.event, through ",
        ),
        (
            "migrator",
            "GRANT SELECT ON foo.event TO lambda_writer",
            "changes",
            "take away SELECT on table foo.event from lambda_writer (",
        ),
        (
            "migrator",
            "REVOKE INSERT ON foo.event FROM lambda_writer",
            "surprises",
            "'lambda_writer' can't INSERT on table foo.event, though the spec gives it",
        ),
        (
            "rdsadmin",
            "SET ROLE master; GRANT app_owner TO lambda_writer",
            "changes",
            "take away lambda_writer in app_owner (a membership that the spec doesn't give)",
        ),
        (
            "rdsadmin",
            "ALTER ROLE lambda_writer CREATEDB CONNECTION LIMIT 7",
            "changes",
            "change role lambda_writer (login, at most 50 sessions",
        ),
        ("rdsadmin", "ALTER ROLE lambda_writer NOLOGIN", "changes", "login is False, not True"),
        (
            "rdsadmin",
            "GRANT CREATE ON SCHEMA foo TO PUBLIC",
            "surprises",
            "'lambda_writer' can CREATE on schema foo, through PUBLIC",
        ),
        (
            "rdsadmin",
            "COMMENT ON ROLE lambda_writer IS ''",
            "obstacles",
            "role 'lambda_writer' exists and was made by somebody else",
        ),
        (
            "rdsadmin",
            "CREATE ROLE by_hand LOGIN; GRANT lambda_writer TO by_hand",
            "lock_outs",
            "login 'by_hand' reaches 'rds_iam'",
        ),
    ],
)
def test_what_somebody_changed_by_hand_is_named_with_who_and_where(
    watched: Database, user: str, by_hand: str, part: str, said: str
) -> None:
    run(watched, user, *by_hand.split("; "))
    found = look()
    assert found["drift"] > 0
    assert [sentence for sentence in found[part] if said in sentence], found
    told = [*found["lock_outs"], *found["obstacles"], *found["surprises"]] or found["changes"]
    assert told[0] in found["summary"] and found["summary"].startswith("database 'app' is not as its access spec says")


def test_the_same_drift_has_the_same_digest_and_other_drift_another(watched: Database) -> None:
    digests = [look()["digest"]]
    for by_hand in (
        "GRANT SELECT ON foo.event TO lambda_writer",
        "GRANT SELECT ON foo.event TO lambda_writer",
        "GRANT TRUNCATE ON foo.event TO lambda_writer",
    ):
        run(watched, "migrator", by_hand)
        digests.append(look()["digest"])
    assert digests[1] == digests[2] and len({*digests}) == 3


def test_the_log_gets_the_answer_as_one_line_of_json_and_nothing_of_the_event(
    watched: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A metric filter reads a line of JSON only."""
    run(watched, "rdsadmin", 'CREATE ROLE "two\nlines" LOGIN', 'GRANT lambda_writer TO "two\nlines"')
    capsys.readouterr()
    found = look(Token="not to be logged")
    line, end = capsys.readouterr().out.split("\n")
    assert json.loads(line) == found and end == ""
    assert "not to be logged" not in line and "\n" not in found["summary"]


def test_the_watch_is_no_lock_out_of_the_master_it_runs_as(watched: Database) -> None:
    run(watched, "rdsadmin", "REVOKE rds_iam FROM master CASCADE", "GRANT lambda_writer TO master")
    assert look()["lock_outs"] == []
    elsewhere = looked(as_watch(watched), SAMPLE, "app", "rdsadmin")
    assert [sentence for sentence in elsewhere.lock_outs if "login 'master' reaches 'rds_iam'" in sentence]


def test_nothing_is_written_with_drift_or_without(watched: Database) -> None:
    with watched.superuser() as connection:
        before = fingerprint(connection)
        look()
        assert fingerprint(connection) == before
    run(watched, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    with watched.superuser() as connection:
        before = fingerprint(connection)
        assert look()["drift"] > 0
        assert fingerprint(connection) == before


def test_postgresql_itself_refuses_what_the_watch_would_write(
    watched: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = catalog.ask

    def writing(connection: Any, scope: Any) -> Any:
        connection.execute("CREATE ROLE sneaked")
        return ask(connection, scope)

    monkeypatch.setattr(catalog, "ask", writing)
    with pytest.raises(ApplyError, match="read-only transaction"):
        look()


def test_what_stands_against_a_deploy_hides_nothing_else(watched: Database) -> None:
    run(watched, "rdsadmin", "CREATE TABLE foo.theirs ()", "GRANT SELECT ON foo.event TO lambda_writer")
    found = look()
    assert any("only 'rdsadmin' can add " in sentence for sentence in found["obstacles"])
    assert any("'lambda_writer' can SELECT on table foo.event" in sentence for sentence in found["surprises"])
    assert any("take away SELECT on table foo.event" in sentence for sentence in found["changes"])
    assert found["drift"] == len(found["obstacles"]) + len(found["surprises"]) + len(found["changes"])


def test_drift_beside_a_deploy_is_busy_and_no_drift(watched: Database) -> None:
    run(watched, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    with watched.connect() as deploy, deploy.transaction():
        deploy.execute(LOCK)
        found = look()
    assert (found["busy"], found["drift"]) == (True, None)
    assert "a deploy is at work there" in found["summary"]
    assert look()["drift"] > 0


def test_who_else_holds_the_engines_lock_hides_nothing(watched: Database) -> None:
    """Any login can take it; only a run's hides what the watch sees, for that is what may be the cause."""
    run(watched, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    with watched.connect("lambda_writer") as hiding, hiding.transaction():
        hiding.execute(LOCK)
        found = look()
    assert found["drift"] > 0 and not found["busy"]


def _until_cancelled(connection: "psycopg.Connection[Any]", statement: LiteralString) -> None:
    with contextlib.suppress(psycopg.errors.QueryCanceled):
        connection.execute(statement)


def test_who_lets_go_of_the_lock_before_anybody_looks_hides_nothing(watched: Database) -> None:
    """By a block that spins until nobody waits any more: seen as busy in most looks, if nobody seen were taken for a
    run."""
    spin: LiteralString = """DO $$ BEGIN LOOP
        PERFORM pg_catalog.pg_advisory_lock(x'6B65796C657373'::bigint);
        WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) LOOP
            PERFORM pg_sleep(0.001); PERFORM pg_stat_clear_snapshot(); END LOOP;
        WHILE EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) LOOP END LOOP;
        PERFORM pg_catalog.pg_advisory_unlock(x'6B65796C657373'::bigint);
    END LOOP; END $$"""
    run(watched, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    with watched.connect("lambda_writer") as hiding:
        spinning = threading.Thread(target=_until_cancelled, args=(hiding, spin))
        spinning.start()
        try:
            found = [look() for _ in range(3)]
        finally:
            hiding.cancel_safe()
            spinning.join()
    assert [(each["busy"], each["drift"] is not None and each["drift"] > 0) for each in found] == [(False, True)] * 3


def test_a_run_waits_for_no_watch_that_has_the_lock(watched: Database) -> None:
    with watched.connect("drift_watch") as looking, looking.transaction():
        looking.execute(LOCK)
        assert converge(watched, timeouts=Timeouts(transient=0.2, lock=0.2)).changes == 0
        with pytest.raises(psycopg.errors.AdminShutdown):
            looking.execute("SELECT 1")


def test_its_user_can_connect_and_nothing_else(watched: Database) -> None:
    for statement in ("SELECT FROM foo.event", "CREATE TABLE foo.mine ()", "CREATE TEMPORARY TABLE mine ()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(watched, "drift_watch", statement)


def test_without_drift_a_deploy_at_work_changes_nothing(watched: Database) -> None:
    with watched.connect() as deploy, deploy.transaction():
        deploy.execute(LOCK)
        assert look()["drift"] == 0


def test_what_only_a_deploy_at_work_made_differ_is_no_drift(watched: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deploy ends between the two looks; a single look would have mistaken its work for drift."""
    wanted = with_user(username="report", databases=["app"])
    looked, prove = [], reconcile.prove

    def with_a_deploy_after_the_first_look(*arguments: Any, **options: Any) -> Any:
        evidence = prove(*arguments, **options)
        looked.append(evidence.holds)
        if len(looked) == 1:
            converge(watched, wanted)
        return evidence

    monkeypatch.setattr(reconcile, "prove", with_a_deploy_after_the_first_look)
    assert look(wanted)["drift"] == 0
    assert looked == [False, True]


def test_a_deploy_does_not_wait_for_a_look_at_a_database_without_drift(
    watched: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences, deployed = proof.sentences, []

    def with_a_deploy(*arguments: Any) -> Any:
        monkeypatch.setattr(proof, "sentences", sentences)
        deployed.append(converge(watched, timeouts=Timeouts(transient=0.2, lock=0.2)).changes)
        return sentences(*arguments)

    monkeypatch.setattr(proof, "sentences", with_a_deploy)
    assert looked(as_watch(watched), SAMPLE, "app", MASTER).drift == 0
    assert deployed == [0]


def test_a_password_user_needs_no_secret_here(watched: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The watch has no right to any secret; the mark of one is as good as none."""
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:report-a1b2c3"
    wanted = with_user(username="report", auth_method="password", databases=["app"])
    converge(watched, wanted)
    run(watched, "master", "COMMENT ON ROLE report IS '[password abc] [managed by keyless-aurora]'")
    assert look(wanted, Secrets={"report": arn})["drift"] == 0
    caplog.clear()
    assert look(wanted)["drift"] == 0
    assert caplog.text == ""


def test_thousands_of_differences_fit_into_one_event_and_the_rest_is_counted(watched: Database) -> None:
    wanted = engine.spec(
        users=[{"username": f"müßig_{number:04}", "description": "x" * 500} for number in range(4_000)]
    )
    found = look(wanted)
    assert len(json.dumps(found)) <= MOST_BYTES
    shown = sum(len(found[part]) for part in ("lock_outs", "obstacles", "surprises", "changes", "warnings"))
    assert shown > 300 and found["drift"] > 4_000
    assert found["left_out"] >= found["drift"] - shown > 3_000
    assert len(found["summary"]) < 3_000


@pytest.mark.parametrize("letter", ["x", "ü", '"', "\\", "\n", "\U0001f512"])
def test_no_names_make_an_answer_larger_than_it_may_be(letter: str) -> None:
    sentence = letter * 5_000
    found = Finding(
        database=letter * 63, lock_outs=(sentence,) * 10, violations=(sentence,) * 1_000, changes=(sentence,) * 20_000
    )
    answer = found.answer(cluster="cluster-ABC")
    assert len(json.dumps(answer)) <= MOST_BYTES
    assert (
        answer["left_out"] + sum(len(answer[part]) for part in ("lock_outs", "surprises", "changes"))
        == answer["drift"]
        == 21_010
    )
    assert answer["lock_outs"]


def test_the_limit_is_what_keeps_the_answer_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_BYTES", 10**9)
    assert len(json.dumps(Finding(database="app", changes=("x" * 500,) * 1_000).answer(cluster="c"))) > MOST_BYTES


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda e: {**e, "Database": ""}, "the event has no `Database`"),
        (lambda e: {**e, "Cluster": None}, "the event has no `Cluster`"),
        (lambda e: {**e, "Cluster": "not to be logged"}, "`Cluster` is another than this function's.*: cluster-ABC"),
        (lambda e: {**e, "Cluster": "not to be logged" * 12_500}, "another than this function's"),
        (lambda e: {k: v for k, v in e.items() if k != "Spec"}, "the event has no `SpecDigest`"),
        (
            lambda e: {**e, "Spec": {**e["Spec"], "users": [{"username": "rds_iam", "password": "s3cret"}]}},
            "is not the one that was deployed",
        ),
        (lambda e: {**e, "SpecDigest": "../../etc/passwd"}, "allowed: 64 hexadecimal digits"),
        (lambda e: {**e, "Secrets": {"nobody": "arn"}}, "secret for user 'nobody': the spec has no user of that name"),
        (lambda e: {**e, "Spec": {**e["Spec"], "databases": [{"name": "other"}], "users": []}}, "was deployed"),
    ],
)
def test_a_wrong_event_is_an_error_for_the_alarm_and_shows_nothing_secret(
    watched: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    wrong: Callable[[Any], Any],
    said: str,
) -> None:
    monkeypatch.setenv("DEPLOYED_SPEC", Deployed.of(SAMPLE, protected=True).setting)
    with caplog.at_level(logging.DEBUG), pytest.raises(AccessError, match=said) as refused:
        watch.handler(wrong(event(Token="not to be logged")), None)
    shown = caplog.text + "".join(capsys.readouterr()) + str(refused.value)
    assert "s3cret" not in shown and "not to be logged" not in shown


def test_a_database_that_cannot_be_reached_is_an_error_for_the_alarm_without_the_token(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By the client itself this time, with a token that it signs."""
    for name, value in {
        "PGHOST": "app.cluster-a1b2c3.eu-central-1.rds.amazonaws.com",
        "PGHOSTADDR": "127.0.0.1",
        "PGPORT": str(database.server.port),
        "PGUSER": "drift_watch",
        "MASTER": MASTER,
        "DB_CLUSTER_RESOURCE_ID": "cluster-ABC",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "CONNECT_SECONDS": "0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with caplog.at_level(logging.DEBUG), pytest.raises(UnreachableError, match="nothing was changed") as refused:
        look()
    shown = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("db_access")) + str(
        refused.value
    )
    assert "certificate verify failed" in shown and "X-Amz-Signature" not in shown


def test_the_answer_names_the_function_s_own_cluster(watched: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_CLUSTER_RESOURCE_ID", "cluster-DEF")
    assert look(Cluster="cluster-DEF")["cluster"] == "cluster-DEF"
    with pytest.raises(AccessError, match="another than this function's"):
        look()


def test_a_long_error_is_cut(watched: Database) -> None:
    wrong = {**event()["Spec"], "users": [{"username": f"u{number}", "acess": 1} for number in range(1_000)]}
    with pytest.MonkeyPatch.context() as patch, pytest.raises(AccessError) as refused:
        deploy(patch, wrong)
        watch.handler({**event(), "Spec": wrong}, None)
    assert len(str(refused.value)) < 2_200
