"""`keyless fleet` finds deployed environments by the outputs of their stacks, and logs in there with tokens."""

import json
from pathlib import Path

from keyless.rehearsal.stage.running import Stage
from tests.app.app import HERE
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.dev.place import PLACE

SPEC = str(Path(HERE, "config", "access.yaml"))


def test_an_environment_is_found_and_one_that_isnt_there_is_said(
    stage: Stage, operator: Operator, tmp_path: Path
) -> None:
    at = {"tunnel": f"{stage.database.address}:{stage.database.port}", "root_certificates": str(stage.roots)}
    document = {
        "defaults": {"spec": SPEC, "region": PLACE.region, "root_certificates": at.pop("root_certificates")},
        "clusters": [{"name": "there", "environment": "dev", **at}, {"name": "gone", "environment": "prod", **at}],
    }
    config = tmp_path / "fleet.json"
    config.write_text(json.dumps(document))
    answer = keyless("fleet", "report", "--config", str(config), "--json", **operator.credentials)
    found = {one["cluster"]: one for one in json.loads(answer.stdout)["clusters"]}
    assert (answer.returncode, found["there"]["state"], found["gone"]["state"]) == (1, "fine", "failed"), answer.stderr
    assert stage.deployed.database.master in found["there"]["admins"]
    assert "has no stacks of an environment 'prod'" in found["gone"]["databases"][0]["reasons"][0]
    assert "X-Amz-" not in answer.stdout + answer.stderr
