"""The other databases and ways to them: every line of each one's table holds, from deploy to destroy."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.platform.drift import drift
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from keyless.verify.deployed import Deployed
from keyless.verify.rehearsed import RehearsedToolkit, addresses
from keyless.verify.run import verify
from tests.rehearsal.lines.dev.place import PLACE
from tests.rehearsal.rehearsed import APP

VARIANTS = [
    Variant("instance", "A"),
    Variant("aurora", "B"),
    Variant("aurora", "C"),
    Variant("instance", "C"),
    Variant("aurora", "C", "password"),
]
"""tests/rehearsal/lines/password_users has an instance with B."""


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(filter(None, (v.database, v.pattern, v.users))))
def test_every_line_holds(variant: Variant, tmp_path: Path) -> None:
    with Stage(APP, "dev", print, variant) as stage:
        lines = list(who_can_do_what(stage).lines)
        assert {"function Writer", "user lambda_writer", "platform"} <= {line.group for line in lines}
        lines += _verified(stage, tmp_path) if variant.with_secrets else ()
        lines += [*drift(stage), *again(stage), *going_down(stage)]
        assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []


def _verified(stage: Stage, folder: Path) -> Sequence[Line]:
    """What `keyless verify` measures of it; each password works straight at a database, which has no walls here."""
    clients, toolkit = stage.cloud.client, RehearsedToolkit(APP, stage.cloud, folder, print)
    deployed = Deployed.read(clients, PLACE.prefix)
    found = verify(toolkit, clients, deployed, PLACE, stage.deployed.spec, folder=folder, address=addresses(stage))
    straight = [note for note in found.notes if "security groups refuse it" in note]
    assert len(straight) == (2 if stage.deployed.has_proxy else 0)
    return found.lines
