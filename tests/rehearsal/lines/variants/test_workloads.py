"""A service and servers with passwords, through the proxy and straight into the database, on both families."""

from pathlib import Path

import pytest

from keyless.rehearsal.lines.outcome import PLATFORM
from keyless.rehearsal.lines.platform.engine import engine_changes
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from tests.rehearsal.lines.workloads.breaks import trusting
from tests.rehearsal.lines.workloads.written import WEB, WEB_MYSQL, written

untrusted = trusting("Api", Principal={"Service": "lambda.amazonaws.com"})


@pytest.mark.parametrize(
    ("variant", "way", "web", "without_role"),
    [
        (Variant("aurora", "B"), "through the proxy", WEB, {"service Api"}),
        (Variant("aurora", "C", "password"), "straight into the cluster", WEB, {"service Api"}),
        (Variant("aurora-mysql", "B"), "through the proxy", WEB_MYSQL, {"service Api", PLATFORM}),
        (Variant("mariadb", "C", "password"), "straight into the instance", WEB_MYSQL, {"service Api", PLATFORM}),
    ],
    ids=["B", "C-password", "MySQL-B", "MariaDB-C-password"],
)
def test_every_line_holds(variant: Variant, way: str, web: Path, without_role: set[str], tmp_path: Path) -> None:
    """`without_role`: MySQL's master has a secret, and that the role is refused it is a line of the platform's."""
    with Stage(written(tmp_path, web), "dev", print, variant) as stage:
        with untrusted(stage):
            red = {line.group for line in who_can_do_what(stage).lines if not line.holds}
        lines = list(who_can_do_what(stage).lines)
        engine_changes(stage)  # on MySQL it marks a rotated password, which the rotation may not
        lines += [*again(stage), *going_down(stage)]
    assert red == without_role
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    itself = {f"{name} itself logs in as {user}, {way}" for name, user in (("Api", "api"), ("Site", "site"))}
    assert itself <= {line.what for line in lines}
