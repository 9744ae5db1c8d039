"""A status as text, markdown and JSON. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from db_access.wording import json_text, listed, one_line
from keyless.markdown import code
from keyless.status.found import Database, Environment, Proxy, Region
from keyless.status.remarks import remarks

Row = tuple[str, ...]
_UNKNOWN = "?"
"""AWS didn't say."""
_DATABASES = ("region", "database", "engine", "upgrades", "IAM", "TLS", "master", "state", "environment")
_PROXIES = ("region", "proxy", "TLS", "takes", "targets", "state")
_ENVIRONMENTS = ("region", "environment", "declared users", "drift", "alarms that are on")


def as_json(regions: Sequence[Region]) -> str:
    return json_text({"regions": [_values(region) for region in regions]}) + "\n"


def as_text(regions: Sequence[Region]) -> str:
    tables = ["\n".join(_aligned(table)) for table in _tables(regions)]
    said = [f"! {one_line(sentence)}" for sentence in _said(regions)]
    return "\n\n".join([*(tables or [_nothing(regions)]), *(["\n".join(said)] if said else [])]) + "\n"


def as_markdown(regions: Sequence[Region]) -> str:
    tables = ["\n".join(_piped(table)) for table in _tables(regions)]
    said = [f"- {code(one_line(sentence))}" for sentence in (*_said(regions), *_unanswered(regions))]
    return "\n\n".join([*(tables or [_nothing(regions)]), *(["\n".join(said)] if said else [])]) + "\n"


def _values(region: Region) -> dict[str, Any]:
    return {**asdict(region), "remarks": list(remarks(region))}


def _said(regions: Sequence[Region]) -> Iterator[str]:
    for region in regions:
        yield from (f"{region.name}: {sentence}" for sentence in remarks(region))


def _nothing(regions: Sequence[Region]) -> str:
    return "nothing was found, and not all could be looked at" if any(_unanswered(regions)) else "nothing was found"


def _unanswered(regions: Sequence[Region]) -> Iterator[str]:
    """In text a terminal has them beside it, on stderr; a page goes on without."""
    for region in regions:
        yield from (f"{region.name}: not looked at: {sentence}" for sentence in region.unanswered)


def _tables(regions: Sequence[Region]) -> Iterator[list[Row]]:
    """Those that have a row, each with its heading."""
    for table in (
        [_DATABASES, *((one.name, *_database(each)) for one in regions for each in one.databases)],
        [_PROXIES, *((one.name, *_proxy(each)) for one in regions for each in one.proxies)],
        [_ENVIRONMENTS, *((one.name, *_environment(each)) for one in regions for each in one.environments)],
    ):
        if len(table) > 1:
            yield table


def _database(database: Database) -> Row:
    name = f"{database.name} ({database.members} instances)" if database.members > 1 else database.name
    return (
        name,
        f"{database.engine} {database.engine_version}",
        _upgrades(database),
        "on" if database.iam else "off",
        _UNKNOWN if database.tls is None else "required" if database.tls else "not required",
        f"{database.master} ({database.master_login})",
        database.state,
        database.environment or "",
    )


def _upgrades(database: Database) -> str:
    if database.version is None:
        return _UNKNOWN
    return listed(database.version.minor_upgrades) or ("none" if database.version.offered else "not offered any more")


def _proxy(proxy: Proxy) -> Row:
    targets = [f"{target.database} {target.state.lower()}" for target in proxy.targets or ()]
    return (
        proxy.name,
        "required" if proxy.tls else "not required",
        "tokens" if proxy.iam else "passwords",
        _UNKNOWN if proxy.targets is None else ", ".join(targets) or "none",
        proxy.state,
    )


def _environment(environment: Environment) -> Row:
    return (
        environment.prefix,
        _users(environment),
        environment.drift or _UNKNOWN,
        _UNKNOWN if environment.alarms is None else ", ".join(environment.alarms) or "none",
    )


def _users(environment: Environment) -> str:
    if environment.users is not None:
        return f"{len(environment.users)}: {listed(environment.users)}" if environment.users else "none"
    return _UNKNOWN if environment.user_count is None else str(environment.user_count)


def _aligned(table: Sequence[Row]) -> Iterator[str]:
    shown = [tuple(map(one_line, row)) for row in table]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _piped(table: Sequence[Row]) -> Iterator[str]:
    heading, *rows = table
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    """GitHub takes a bar for the cell's end, within code, too (GitHub Flavored Markdown, 4.10)."""
    return code(one_line(text)).replace("|", r"\x7c") if text else ""
