"""A finished plan as text, SQL, JSON and markdown. Pure: the same plan is always the same text; runs and decides nothing.

Every function takes the plans of one or more databases, by the database's name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from psycopg.conninfo import make_conninfo

from db_access.changes import Change, Plan
from db_access.render_lines import Action, Line, line, one_line
from db_access.statements import statement

__all__ = ["Plans", "as_json", "changes", "counted", "markdown", "one_line", "sql", "statement_of", "text"]

Plans = Mapping[str, Plan]

_SIGNS: Final = {Action.ADD: "+", Action.CHANGE: "~", Action.TAKE_AWAY: "-"}
_UNFOLDED: Final = 20
"""Lines that a pull request comment shows at once."""
_COMMENT_CHARACTERS: Final = 50_000
"""GitHub takes 65,536 in one comment; the rest is for what stands around the lines."""


def text(plans: Plans) -> str:
    """For a person at a terminal: a line for each change, by what it is about."""
    return "\n\n".join("\n".join(_text(database, plan)) for database, plan in plans.items()) + "\n"


def _text(database: str, plan: Plan) -> Iterator[str]:
    yield f"database {one_line(database)}: {counted(plan)}"
    for group, lines in _grouped(plan).items():
        yield f"  {group}"
        yield from (f"    {_SIGNS[entry.action]} {entry.what}  -- {entry.reason}" for entry in lines)


def sql(plans: Plans) -> str:
    """For psql: every statement with its reason, each database in one transaction."""
    scripts = ["\n".join(_sql(database, plan, connect=len(plans) > 1)) for database, plan in plans.items()]
    return "\n\n".join(scripts) + "\n"


def _sql(database: str, plan: Plan, *, connect: bool) -> Iterator[str]:
    yield f"-- database {one_line(database)}: {counted(plan)}"
    if not plan:
        return
    if connect:
        yield f"\\connect -reuse-previous=on {_psql_argument(make_conninfo(dbname=database))}"
    yield "SET client_encoding = 'UTF8';"
    yield "BEGIN;"
    for change in plan:
        yield f"-- {one_line(change.reason)}"
        yield f"{statement_of(change)};"
    yield "COMMIT;"


def _psql_argument(value: str) -> str:
    """psql takes the single quotes and backslashes off, and then double quotes, as an identifier's."""
    inner = value.replace('"', '""').replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'\"{inner}\"'"


def as_json(plans: Plans) -> str:
    """For programs; the object's fields are described in docs/command.md."""
    databases = [{"database": database, "changes": changes(plan)} for database, plan in plans.items()]
    return json.dumps({"databases": databases}, indent=2, ensure_ascii=False) + "\n"


def changes(plan: Plan) -> list[dict[str, Any]]:
    """The changes as JSON values."""
    return [_values(change, line(change)) for change in plan]


def _values(change: Change, entry: Line) -> dict[str, Any]:
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(change).__name__).lower()
    return {
        "kind": kind,
        "action": entry.action.value,
        "group": entry.group,
        "what": entry.what,
        "statement": statement_of(change),
        "reason": change.reason,
    }


def markdown(plans: Plans) -> str:
    """For a pull request's comment: a table of counts, then the lines as a diff, folded when there are many."""
    return "\n\n".join("\n".join(_markdown(database, plan, _COMMENT_CHARACTERS // len(plans))) for database, plan in plans.items()) + "\n"


def _markdown(database: str, plan: Plan, room: int) -> Iterator[str]:
    name = one_line(database)
    quote = _fence(name, at_least=1)
    yield f"#### Database {quote} {name} {quote}: {counted(plan)}"
    if not plan:
        return
    groups = _grouped(plan)
    yield ""
    yield f"| | {' | '.join(Action)} |"
    yield f"|---|{'---:|' * len(Action)}"
    for group, lines in groups.items():
        yield f"| {group} | {' | '.join(str(sum(entry.action is action for entry in lines)) for action in Action)} |"
    yield ""
    yield from _folded("\n".join(_diff(groups, room)), folded=len(plan) > _UNFOLDED)


def _diff(groups: Mapping[str, list[Line]], room: int) -> Iterator[str]:
    """In the colours of a diff: GitHub paints `!` as changed and `@@` as a heading."""
    signs = {**_SIGNS, Action.CHANGE: "!"}
    for group, lines in groups.items():
        yield f"@@ {group} @@"
        for index, entry in enumerate(lines):
            shown = f"{signs[entry.action]} {entry.what}  -- {entry.reason}"
            room -= len(shown) + 1
            if room < 0:
                yield f"  and {len(lines) - index} more"
                break
            yield shown


def _folded(diff: str, *, folded: bool) -> Iterator[str]:
    fence = _fence(diff, at_least=3)
    if folded:
        yield "<details><summary>every change</summary>\n"
    yield f"{fence}diff\n{diff}\n{fence}"
    if folded:
        yield "\n</details>"


def _fence(content: str, *, at_least: int) -> str:
    """A run of backticks that doesn't occur in the content, so that nothing in it can end the quotation."""
    longest = max(map(len, re.findall("`+", content)), default=0)
    return "`" * max(at_least, longest + 1)


def counted(plan: Plan) -> str:
    """`7 changes (5 to add, 1 to change, 1 to take away)`."""
    if not plan:
        return "nothing to do"
    actions = [line(change).action for change in plan]
    parts = ", ".join(f"{actions.count(action)} to {action}" for action in Action)
    return f"{len(plan)} change{'s' if len(plan) > 1 else ''} ({parts})"


def _grouped(plan: Plan) -> dict[str, list[Line]]:
    """Lines by group, groups in the order in which the plan comes to them."""
    groups: dict[str, list[Line]] = {}
    for change in plan:
        entry = line(change)
        groups.setdefault(entry.group, []).append(entry)
    return groups


def statement_of(change: Change) -> str:
    """The statement's text."""
    return statement(change).as_string(None)
