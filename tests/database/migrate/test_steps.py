"""`keyless migrate`: each step makes what it says in the file and in the database, once, and goes back exactly."""

from tests.database.engine import fingerprint
from tests.database.migrate.stage import NEW, OLD, SPEC, Stage


def test_a_user_goes_from_its_password_to_iam(stage: Stage) -> None:
    started = stage.made("start")
    assert "database app: PostgreSQL lets both do the same" in started.out, started.out
    assert (stage.logs_in(OLD), stage.logs_in(NEW)) == (True, True)
    with stage.session(NEW):
        switched = stage.made("switch")
        assert "+    enabled: false\n" in switched.out
        assert (stage.logs_in(OLD), stage.logs_in(NEW)) == (False, True)
    finished = stage.made("finish")
    assert "report -> report_iam: finished\n" in finished.out
    assert (stage.logs_in(OLD), stage.logs_in(NEW)) == (None, True)
    assert stage.cli.prove(config=stage.spec).status == 0


def test_back_leads_to_the_file_and_the_database_that_were_before(stage: Stage) -> None:
    with stage.database.superuser() as superuser:
        before = fingerprint(superuser)
        stage.made("start")
        started, between = stage.text, fingerprint(superuser)
        with stage.session(NEW):
            stage.made("switch")
        stage.made("back")
        assert (stage.text, fingerprint(superuser)) == (started, between)
        stage.made("back")
        assert (stage.text, fingerprint(superuser)) == (SPEC, before)
