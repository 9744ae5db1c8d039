"""`--format` and `--json`, of which `--json` is short for one."""

from typing import Final

from keyless.cli.options import refuse_both

PANEL: Final = "What is shown"


def form_of(form: str | None, *, json: bool) -> str:
    """Raises BadParameter where both are given."""
    refuse_both("--json", "--format", given=json and form is not None)
    return "json" if json else form or "text"
