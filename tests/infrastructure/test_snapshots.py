"""Every template as it ships, so that no change to one goes unseen. `UPDATE_SNAPSHOTS=1 pytest …` rewrites them."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stacks.environments import ENVIRONMENTS
from tests.infrastructure.support import Synthesis

SNAPSHOTS = Path(__file__).parent / "snapshots"
_ASSET_HASH = re.compile(r"[0-9a-f]{64}")


def _normalised(template: dict[str, Any]) -> str:
    """Without what changes with the CDK or the code of a function instead of the infrastructure."""
    resources = {
        logical_id: {k: v for k, v in resource.items() if k != "Metadata"}
        for logical_id, resource in template["Resources"].items()
    }
    kept = {k: v for k, v in template.items() if k not in ("Parameters", "Rules")} | {"Resources": resources}
    return _ASSET_HASH.sub("ASSET", json.dumps(kept, indent=2, sort_keys=True)) + "\n"


def test_the_templates_are_the_ones_that_were_reviewed(every: Synthesis) -> None:
    for stack, template in every.templates.by_stack.items():
        snapshot, text = SNAPSHOTS / f"{every.environment.name}-{stack}.json", _normalised(template)
        if os.environ.get("UPDATE_SNAPSHOTS"):
            snapshot.write_text(text)
        assert text == snapshot.read_text(), f"{snapshot.name} differs; when that is meant: UPDATE_SNAPSHOTS=1"


def test_there_is_no_snapshot_of_anything_else(shipped: Callable[[str], Synthesis]) -> None:
    names = {f"{name}-{stack}.json" for name in ENVIRONMENTS for stack in shipped(name).templates.by_stack}
    assert {path.name for path in SNAPSHOTS.iterdir()} == names


def test_a_template_has_no_parameters_but_the_bootstrap_version(every: Synthesis) -> None:
    for template in every.templates.by_stack.values():
        assert set(template["Parameters"]) == {"BootstrapVersion"}
        assert set(template["Rules"]) == {"CheckBootstrapVersion"}
