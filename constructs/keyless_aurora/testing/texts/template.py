"""A template, as one sorted JSON text."""

import json
import re
from typing import Any

_ASSET_HASH = re.compile(r"[0-9a-f]{64}")


def template(body: dict[str, Any]) -> str:
    """Without what changes with the CDK or the code of a function instead of the infrastructure."""
    resources = {
        logical_id: {k: v for k, v in resource.items() if k != "Metadata"}
        for logical_id, resource in body["Resources"].items()
    }
    kept = {k: v for k, v in body.items() if k not in ("Parameters", "Rules")} | {"Resources": resources}
    return _ASSET_HASH.sub("ASSET", json.dumps(kept, indent=2, sort_keys=True)) + "\n"
