"""Two files of evidence are compared in all that they say; what is no evidence is refused in a sentence."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from keyless.verify.command import NOTHING, main
from keyless.verify.showing import DIFFERENT

EVIDENCE: dict[str, Any] = {
    "where": "AWS",
    "environment": "dev",
    "spec": "a1",
    "lines": [
        {"what": "Writer as writer", "expected": "allowed", "measured": "allowed", "text": "in 3 ms", "holds": True},
        {"what": "Writer as x", "measured": "refused by IAM", "text": "at h1: FATAL:  no token", "holds": True},
    ],
    "points": [{"asks": "whether it restarts", "answer": "no", "evidence": "seen"}],
}


def _compared(folder: Path, *documents: object) -> int:
    files = [folder / f"{number}.json" for number in range(2)]
    for file, document in zip(files, documents, strict=False):
        file.write_text(document if isinstance(document, str) else json.dumps(document))
    return main(["--compare", *map(str, files)])


def test_what_is_each_places_own_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = deepcopy(EVIDENCE) | {"where": "rehearsal"}
    other["lines"][0]["text"], other["lines"][1]["text"] = "in 99 ms", "at h2: FATAL:  no token"
    assert _compared(tmp_path, EVIDENCE, other) == 0
    assert capsys.readouterr().out == "no difference\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"environment": "prod"}, "environment: the first says 'dev'; the second says 'prod'"),
        ({"spec": "b2"}, "spec: the first says 'a1'; the second says 'b2'"),
        ({"lines": EVIDENCE["lines"][:1]}, "Writer as x: in the first only"),
        (
            {"lines": [{**EVIDENCE["lines"][0], "holds": False}, EVIDENCE["lines"][1]]},
            "Writer as writer: the first says 'allowed'; the second says 'allowed, not as expected'",
        ),
        (
            {"lines": [EVIDENCE["lines"][0], {**EVIDENCE["lines"][1], "measured": "no way there"}]},
            "Writer as x: the first says 'refused by IAM': 'no token'; the second says 'no way there': 'no token'",
        ),
        (
            {"points": [{**EVIDENCE["points"][0], "answer": "yes"}]},
            "whether it restarts: the first says 'no'; the second says 'yes'",
        ),
    ],
)
def test_each_difference_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str
) -> None:
    assert _compared(tmp_path, EVIDENCE, EVIDENCE | change) == DIFFERENT
    assert capsys.readouterr().out == f"{said}\n"


@pytest.mark.parametrize(
    ("foreign", "said"),
    [
        ({}, "is not the evidence of a verify: its `where` is missing, or no text"),
        ([], "is not the evidence of a verify: it is no JSON object"),
        ("nope", "is not valid JSON: a value is missing"),
        ({**EVIDENCE, "lines": {}}, "is not the evidence of a verify: its `lines` is missing, or no list"),
        (
            {**EVIDENCE, "lines": [{"what": "x"}]},
            "is not the evidence of a verify: an entry of its `lines` lacks one of what, measured",
        ),
    ],
)
def test_what_is_no_evidence_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], foreign: object, said: str
) -> None:
    assert _compared(tmp_path, EVIDENCE, foreign) == NOTHING
    shown = capsys.readouterr().err
    assert shown.startswith(f"keyless verify: {tmp_path / '1.json'} {said}")
    assert shown.endswith("; allowed: a file that `keyless verify --json` wrote, on an account or with --rehearsed\n")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _compared(tmp_path, EVIDENCE) == NOTHING
    (tmp_path / "1.json").write_bytes(b"\xff\x00")
    assert main(["--compare", str(tmp_path / "1.json"), str(tmp_path / "0.json")]) == NOTHING
    assert capsys.readouterr().err.count("can't be read") == 2


def test_both_files_are_told_of_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--compare", str(tmp_path / "here.json"), str(tmp_path)]) == NOTHING
    first, second = capsys.readouterr().err.splitlines()
    assert "here.json can't be read: No such file or directory" in first and "can't be read: Is a directory" in second
