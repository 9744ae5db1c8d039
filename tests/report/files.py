"""Files that a report takes: templates, evidence, the drift watch's log."""

import json
from pathlib import Path
from typing import Any

from tests.database.cli.runner import ROOT

EVIDENCE: dict[str, Any] = {
    "where": "AWS",
    "when": "2026-11-29T12:00:00+00:00",
    "environment": "dev",
    "spec": "0" * 64,
    "lines": [
        {
            "what": "a login as another user",
            "expected": "refused by IAM",
            "measured": "allowed",
            "text": "",
            "holds": False,
        },
        {"what": "its own login", "expected": "allowed", "measured": "allowed", "text": "", "holds": True},
    ],
    "points": [{"asks": "whether it is so", "answer": "yes", "evidence": "it was measured"}],
    "not_measured": ["what a superuser may"],
}


def answer(drift: int | None, database: str = "app") -> str:
    """Of the drift watch."""
    summary = f"database '{database}' is not as its access spec says" if drift else "as its access spec says"
    return json.dumps({"database": database, "drift": drift, "digest": f"of {drift}", "summary": summary})


HISTORY = f"""2026-11-28T01:00:00.000Z START RequestId: 1
2026-11-28T01:00:01.000Z {answer(0)}
2026-11-28T02:00:01.000Z {answer(0)}
2026-11-28T03:00:01.000Z {answer(2)}
2026-11-28T04:00:01.000Z {answer(0)}
2026-11-28T04:00:02.000Z REPORT RequestId: 1
"""


def assembly(folder: Path) -> Path:
    """A cloud assembly of dev's templates, as the snapshots have them."""
    made = folder / "cdk.out"
    made.mkdir()
    artifacts = {}
    for snapshot in (ROOT / "tests/infrastructure/snapshots").glob("dev-*.json"):
        file = f"{snapshot.stem}.template.json"
        (made / file).write_bytes(snapshot.read_bytes())
        artifacts[f"KeylessAurora-{snapshot.stem}"] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": file},
        }
    (made / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return made
