"""The MySQL family, from deploy to destroy: every line of each engine's table holds, the control that is broken turns
its line red, and nothing is left."""

import subprocess
from collections.abc import Iterable
from typing import Any

import pytest

from keyless.rehearsal.lines.logins.lines import logins
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.own.lines import called, own_lines
from keyless.rehearsal.lines.own.server import refusing
from keyless.rehearsal.lines.platform.drift import drift
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.platform.settled import settled, warnings
from keyless.rehearsal.lines.platform.tokens import bad_logins
from keyless.rehearsal.lines.rights.by_family import measured
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.lines.unmeasured import unmeasured
from keyless.rehearsal.loop.waiting import shown
from keyless.rehearsal.own_lines.model import Refused, RefusedExpectation
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from tests.mysql.servers import rows
from tests.rehearsal.lines.updates import update
from tests.rehearsal.lines.variants.mysql_breaks import BREAKS, RIGHTS_BROKEN
from tests.rehearsal.rehearsed import APP

VARIANTS = [Variant("aurora-mysql", "A"), Variant("mysql", "C"), Variant("mariadb", "B")]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: f"{v.database}-{v.pattern}")
def test_every_line_holds_and_turns_red_when_its_control_is_broken(variant: Variant) -> None:
    with Stage(APP, "dev", print, variant) as stage:
        lines = list(who_can_do_what(stage, first=True).lines)
        assert {"function Migrator", "function Writer", "platform", "user lambda_writer", "database app"} <= {
            line.group for line in lines
        }
        assert wrong([*lines, *drift(stage), *again(stage)]) == {}
        assert _each_line_is_its_user(stage) == ["migrator", "lambda_writer", "drift_watch"]
        assert any(stage.mysql.kind.name in sentence for sentence in unmeasured(stage))
        for broken, expected in BREAKS.items():
            with broken(stage):
                assert expected(stage) <= wrong(bad_logins(stage)).keys(), broken.__name__
        assert wrong(bad_logins(stage)) == {}
        for broken, red in RIGHTS_BROKEN.items():
            with broken(stage):
                assert red(stage) <= wrong([*logins(stage), *measured(stage).lines]).keys(), broken.__name__
        assert [line.measured.outcome for line in _refused(stage)] == [refusing(stage)] * 2
        assert wrong(own_lines(stage)) == {}
        _settles(stage)
        assert wrong(_taken_down_with_a_row_lost(stage)).keys() == {"the data, with the access gone"}
        folder = stage.mysql.folder
        assert folder.exists()
    assert not folder.exists()


def _refused(stage: Stage) -> Iterable[Line]:
    """The writer's line while it has lost its right: wrong as it is, and right for who expects the refusal."""
    writer = next(client for client in stage.deployed.clients if client.user == "lambda_writer")
    line = stage.own_files[writer.source].lines[0]
    refused = Refused(by="MySQL", errno=1142, message="INSERT command denied to user 'lambda_writer'")
    expecting = line.model_copy(update={"expect": RefusedExpectation(refused=refused)})
    with stage.mysql.connect() as superuser:
        ((role,),) = rows(superuser, WRITERS_ROLE)
        rows(superuser, "REVOKE INSERT ON foo.* FROM %s", role)
        for each, holds in ((line, False), (expecting, True)):
            measured = called(writer.name, writer.function.invoke, each, 0, refusing(stage))
            assert measured.holds is holds, measured
            yield measured
        rows(superuser, "GRANT INSERT ON foo.* TO %s", role)


WRITERS_ROLE = "SELECT user FROM mysql.db WHERE db = 'foo' AND insert_priv = 'Y' AND select_priv = 'N'"


def _settles(stage: Stage) -> None:
    """Rights on a table that is made after the deploy come with the engine's next run, and nothing else may."""
    assert update(stage, _with_rights_on_a_later_table) == []
    assert any("foo.later" in said for said in warnings(stage)), [*warnings(stage)]
    with stage.mysql.connect() as superuser:
        rows(superuser, "CREATE DEFINER = migrator@'%' VIEW foo.theirs AS SELECT id FROM foo.event")
        assert any("foo.theirs runs with the rights of migrator" in said for said in warnings(stage))
        rows(superuser, "DROP VIEW foo.theirs")
        rows(superuser, "CREATE TABLE foo.later (id INT PRIMARY KEY)")
        lines, (note,) = settled(stage)
        assert (wrong(lines), note.split(" came")[0]) == ({}, "2 rights on single objects (`only`, `key_columns`)")
        for statement in BY_HAND:
            rows(superuser, statement)
        lines, notes = settled(stage)
        told = " ".join(line.measured.reason for line in lines if not line.holds)
        assert ([line.holds for line in lines], notes) == ([False] * len(lines), ())
        assert all(word in told for word in ("drift_watch", "SELECT", "the login of", "lambda_writer")), told
        assert wrong(settled(stage)[0]) == {}
        rows(superuser, "DROP TABLE foo.later")
    assert update(stage, lambda spec: None) == []


BY_HAND = (
    "GRANT SELECT ON foo.later TO drift_watch@'%'",
    "ALTER USER lambda_writer@'%' ACCOUNT LOCK",
)


def _with_rights_on_a_later_table(spec: dict[str, Any]) -> None:
    (writer,) = (user for user in spec["users"] if user["username"] == "lambda_writer")
    later = {"database": "app", "schemas": ["foo"], "only": ["foo.later"]}
    writer["grants"] += [{**later, "tables": ["INSERT"]}, {**later, "access": "write_only", "key_columns": ["id"]}]


def _each_line_is_its_user(stage: Stage) -> list[str]:
    """Whom the server takes each line of a kept rehearsal for, in a shell that has read its file."""
    first, *lines = shown(stage)
    read = first.partition(":")[2].strip()
    found = []
    for line in (line.partition(":")[2].strip() for line in lines if "keyless.rehearsal.as_user" in line):
        asked = line.replace("'SHOW GRANTS'", "'SELECT CURRENT_USER()'")
        shell = ["/usr/bin/env", "-i", "/bin/sh", "-c", f"{read}; {asked}"]
        done = subprocess.run(shell, cwd=stage.folder, capture_output=True, text=True, check=False)
        found.append(done.stdout.strip("(),'\n").partition("@")[0] or done.stderr)
    return found


def _taken_down_with_a_row_lost(stage: Stage) -> Iterable[Line]:
    going = going_down(stage)
    yield next(going)
    with stage.mysql.connect() as superuser:
        rows(superuser, "DELETE FROM foo.event LIMIT 1")
    yield from going


def wrong(lines: Iterable[Line]) -> dict[str, str]:
    return {line.what: str(line.measured) for line in lines if not line.holds}
