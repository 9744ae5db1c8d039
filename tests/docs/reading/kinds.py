"""The kinds of blocks, each with a test that runs it, and the closed list of what can't be run."""

from collections import Counter
from collections.abc import Iterator

from tests.docs.reading.pages import Block

KINDS = {
    "yaml access": "test_access",
    "python environment": "test_python",
    "python stack": "test_python",
    "python handler": "test_python",
    "python mysql": "tests/mysql/client/test_documented.py",
    "python quote": "test_python",
    "python own": "test_python",
    "python library": "tests/infrastructure/library/test_one_construct.py",
    "python app": "test_tutorial",
    "yaml app": "test_tutorial",
    "yaml rehearsal": "test_samples",
    "yaml fleet": "test_samples",
    "sh": "test_shell",
    "sh app": "test_shell",
    "sql master": "test_databases",
    "sql migrator": "test_databases",
    "json": "test_samples",
    "json output": "test_samples",
    "text output": "test_samples",
    "text layout": "test_samples",
    "text reference": "test_command_reference",
}
"""Which test module runs them, here if no folder is said."""

NOT_RUN: Counter[tuple[str, str]] = Counter(
    {
        ("README.md", "a drawing"): 1,
        ("README.md", "what `make rehearse` prints"): 1,
        ("docs/approval.md", "an error in a function's log"): 1,
        ("docs/changes.md", "CloudFormation's words"): 1,
        ("docs/doctor.md", "what it prints of a function"): 1,
        ("docs/monitoring.md", "a drawing"): 1,
        ("docs/tutorial.md", "what `make rehearse` prints"): 2,
    }
)
"""Page and reason. Another one needs a line here."""


def unknown(block: Block) -> Iterator[str]:
    """A sentence when no test runs the block and nothing says why."""
    if block.not_run:
        return
    kind = " ".join(block.kind)
    if not block.info:
        yield f"{block.place}: the block is indented, or has no language; allowed: a fence and one of {', '.join(KINDS)}"
    elif kind not in KINDS:
        yield f"{block.place}: {kind!r} is not a kind of block; allowed: {', '.join(KINDS)}"
