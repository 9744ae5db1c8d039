"""The text of an access plan, as a pull request's comment in GitHub's Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from db_access.plan.changes import EndLogin, Plan, lasting
from db_access.plan.render.lines import Line
from db_access.plan.report import Report, Summary
from db_access.wording import fitting
from keyless.access_plan import sections
from keyless.access_plan.stage import STAND_IN
from keyless.markdown import fenced, printable

MARKER: Final = "<!-- keyless-aurora: access plan -->"
"""The first line, by which a workflow finds the comment that it wrote before."""
_MAX_QUOTE: Final = 10_000
"""Characters of quoted messages. The rest of what GitHub allows in one comment is for the changes."""

_MAX_UNMADE: Final = 6_000
"""Characters about users whom no engine makes."""

_METHOD: Final = (
    "What merging this changes. Measured: the base's spec was applied to an empty PostgreSQL, then this "
    "one, and proven. What that can't show is compared in the two files."
)
_LIMITS: Final = f"""\
<details><summary>what this can't show</summary>

- `{STAND_IN}` stands for each table that a schema of the base has; views, sequences, functions and types that exist
  already get what is shown for future ones, unless `only` names them.
- What is different in the real database (drift, objects of foreign owners, other roles) is seen by the deploy, which
  proves its result or changes nothing, and by `keyless sync --dry-run`.
- Passwords are not read.

</details>"""


_TOO_MANY: Final = """\
**{left:,} more changes of these kinds don't fit here, so this check fails.** All of them are in `access-plan.txt`, an
artifact of this run. Split the pull request to see them here."""


@dataclass(frozen=True)
class Comment:
    text: str
    refused: bool = False
    """Also when it can't show what nobody must miss."""
    whole: str = ""
    """Every change as a line of text, or the whole error; nothing where there is neither."""

    @classmethod
    def refusal(cls, error: str, notes: Sequence[str]) -> Self:
        """For a spec that the engine refuses."""
        page = _page("refused: a deploy would change nothing", *_quoted(notes), *_quoted([error]))
        return cls(page, refused=True, whole=f"{error}\n")

    @classmethod
    def changes(
        cls,
        document: Sequence[Line],
        results: Mapping[str, Summary],
        notes: Sequence[str],
        *,
        unmade: Sequence[str] = (),
    ) -> Self:
        """For a spec that was applied, with what only the documents show, and the result of each database. `unmade`:
        lines about users whom no engine makes."""
        reports = {  # without the warnings, which are about the throwaway server
            name: Report(plan=_uncounted(result.plan), pending=result.pending)
            for name, result in results.items()
            if result.plan or result.pending
        }
        count = len(document) + sum(len(lasting(report.plan)) for report in reports.values())
        title = f"{count} change{'s' if count > 1 else ''}" if count else "nobody's access changes"
        method = [_METHOD] if count else []
        urgent, left = sections.urgent(document, reports)
        others = sections.others(reports, taken=len(urgent))
        parts = [*([_TOO_MANY.format(left=left)] if left else []), urgent, *_quoted(notes), others]
        page = _page(title, *method, *_nobodys(unmade), *filter(None, parts), *([_LIMITS] if count or reports else []))
        return cls(page, refused=bool(left), whole=sections.whole(document, reports, unmade))


def _uncounted(plan: Plan) -> Plan:
    """Without the sessions that are open on the throwaway server: none."""
    return tuple(replace(change, sessions=None) if isinstance(change, EndLogin) else change for change in plan)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([MARKER, f"### Access plan: {title}", *parts]) + "\n"


def _nobodys(lines: Sequence[str]) -> list[str]:
    shown, left = fitting([printable(line) for line in lines], _MAX_UNMADE)
    more = [f"… {left:,} more lines (access-plan.txt has all of them)"] if left else []
    return ["#### Whose rights no engine converges", fenced("\n".join([*shown, *more]))] if lines else []


def _quoted(sentences: Sequence[str]) -> list[str]:
    """Messages with names from specs and servers, in a fence that they can't end, so that they make no link or
    mention."""
    text = printable("\n".join(sentences))
    if not text:
        return []
    return [fenced(text if len(text) <= _MAX_QUOTE else f"{text[:_MAX_QUOTE]}\n… (the rest is in access-plan.txt)")]
