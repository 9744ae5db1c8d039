"""Shows what was found, hop by hop: as text, as Markdown for a ticket, as JSON for programs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from db_access.wording import json_text, one_line
from keyless.doctor.examine import Result
from keyless.doctor.finding import Verdict
from keyless.doctor.path import Path
from keyless.doctor.places import Place
from keyless.markdown import code

_MARKS: Final = {Verdict.WELL: "ok", Verdict.WRONG: "!!", Verdict.UNSEEN: "??", Verdict.UNREACHED: "--"}
_WIDTH: Final = 22
_UNTRIED: Final = "; the login itself only the function can make, with a token of its role"


def heading(path: Path) -> str:
    login = path.login
    if not login.port:  # AWS, which knows the endpoint, hasn't answered
        user = f" as {login.user}" if login.user else ""
        return one_line(f"{path.whose}{user}, to environment {path.environment}")
    user, database, there = (one_line(text) for text in (login.user, login.dbname, path.there))
    return f"{one_line(path.whose)} as {user}, to database {database} on {there}"


def line(result: Result) -> str:
    """One, or of what is wrong several."""
    finding, mark = result.finding, _MARKS[result.finding.verdict]
    begin = f"{mark}  {result.place:<{_WIDTH}}"
    if finding.verdict is not Verdict.WRONG:
        return f"{begin} {one_line(_prefixed(result))}"
    return "\n".join(
        [
            f"{begin} {one_line(finding.answered)}",
            f"{'':<{_WIDTH + 4}} asked: {one_line(finding.asked)}",
            f"{'':<{_WIDTH + 4}} fix: {one_line(finding.fix)}",
        ]
    )


def _prefixed(result: Result) -> str:
    verdict = result.finding.verdict
    return result.finding.answered if verdict is Verdict.WELL else f"{verdict}: {result.finding.answered}"


def ending(results: Sequence[Result]) -> str:
    by = {verdict: [str(one.place) for one in results if one.finding.verdict is verdict] for verdict in Verdict}
    if by[Verdict.WRONG]:
        return f"The first thing that is wrong: {by[Verdict.WRONG][0]}. Nothing was changed."
    if by[Verdict.UNSEEN]:
        return f"Nothing wrong was seen. Not seen from here, so perhaps not well: {', '.join(by[Verdict.UNSEEN])}."
    made = any(one.place is Place.ATTEMPT for one in results)
    return f"All {len(results)} hops are well{'' if made else _UNTRIED}."


def text(path: Path, results: Iterable[Result]) -> Iterator[str]:
    """Lines, each as soon as it is known."""
    yield heading(path)
    found = []
    for result in results:
        found.append(result)
        yield line(result)
    yield ending(found)


def markdown(path: Path, results: Iterable[Result]) -> Iterator[str]:
    found = list(results)
    yield f"{ending(found)}\n\n| hop | | asked | answered | fix |\n|---|---|---|---|---|"
    for one in found:
        cells = (one.finding.asked, one.finding.answered, one.finding.fix)
        shown = " | ".join(code(one_line(cell)).replace("|", "\\|") if cell else "" for cell in cells)
        yield f"| {one.place} | {one.finding.verdict} | {shown} |"
    yield f"\n{code(heading(path))}"


def json(path: Path, results: Iterable[Result]) -> Iterator[str]:
    login, found = path.login, list(results)
    first = next((str(one.place) for one in found if one.finding.verdict is Verdict.WRONG), None)
    yield json_text(
        {
            "user": login.user,
            "database": login.dbname,
            "host": login.host,
            "port": login.port,
            "function": path.function.name if path.function else None,
            "wrong": first,
            "hops": [
                {
                    "hop": str(one.place),
                    "verdict": str(one.finding.verdict),
                    "asked": one.finding.asked,
                    "answered": one.finding.answered,
                    "fix": one.finding.fix or None,
                }
                for one in found
            ],
        }
    )
