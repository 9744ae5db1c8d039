"""A service and servers with passwords, through the proxy and straight into the database."""

from pathlib import Path

import pytest

from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from tests.rehearsal.lines.workloads.breaks import trusting
from tests.rehearsal.lines.workloads.written import written

untrusted = trusting("Api", Principal={"Service": "lambda.amazonaws.com"})


@pytest.mark.parametrize(
    ("variant", "way"),
    [
        (Variant("aurora", "B"), "through the proxy"),
        (Variant("aurora", "C", "password"), "straight into the cluster"),
    ],
    ids=["B", "C-password"],
)
def test_every_line_holds(variant: Variant, way: str, tmp_path: Path) -> None:
    with Stage(written(tmp_path), "dev", print, variant) as stage:
        with untrusted(stage):
            red = {line.group for line in who_can_do_what(stage).lines if not line.holds}
        lines = [*who_can_do_what(stage).lines, *again(stage), *going_down(stage)]
    assert red == {"service Api"}
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    itself = {f"{name} itself logs in as {user}, {way}" for name, user in (("Api", "api"), ("Site", "site"))}
    assert itself <= {line.what for line in lines}
