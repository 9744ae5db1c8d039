"""Runs a command on each of the spec's databases, and collects results and errors."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, Generic, TypeVar

from db_access.errors import AccessError, SpecError, UnreachableError
from db_access.plan.report import ReportOf
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from db_access.wording import visible
from keyless.cli.connection import connect, tell
from keyless.cli.environment.current import current
from keyless.cli.options import OfSpec
from keyless.cli.progress import still_at_work

Result = TypeVar("Result")
Reported = TypeVar("Reported", bound=ReportOf[Any])
_NOBODY: Final = "the spec declares nobody: without a user or a group it says of no role what it may do"


@dataclass
class Outcome(Generic[Result]):
    """The result or the error of each database."""

    results: dict[str, Result] = field(default_factory=dict)
    errors: dict[str, AccessError] = field(default_factory=dict)
    untried: tuple[str, ...] = ()
    """Databases left alone since their server can't be reached."""
    refused: bool = False
    """Nobody said yes to what would be taken away."""

    def report_errors(self) -> None:
        for error in self.errors.values():
            print(visible(f"keyless: {error}"), file=sys.stderr)

    def failed(self) -> list[dict[str, str]]:
        """Each database without a result, and why, for programs: none is missing without a word."""
        errors = {name: str(error) for name, error in self.errors.items()}
        errors |= dict.fromkeys(self.untried, "not tried, since the server can't be reached")
        return [{"database": name, "error": error} for name, error in errors.items()]


def chosen(of: OfSpec) -> tuple[AccessSpec, list[str]]:
    """The spec, and those of its databases that the command is about.

    Raises:
        SpecError: with every problem.
    """
    spec = managed(AccessSpec.load(of.config, {secret.user: secret.arn for secret in of.secrets}), of.managed_by)
    return spec, [
        database.name for database in ([spec.database(of.database)] if of.database is not None else spec.databases)
    ]


def managed(spec: AccessSpec, option: str | None) -> AccessSpec:
    """The spec as a deployment has it, which names one that doesn't say who manages its roles: by the option, or by
    the environment that is chosen."""
    if option is None:
        deployed = current.get()
        return spec if deployed is None or spec.says_manager else spec.named(deployed.manager)
    if spec.says_manager and spec.managed_by != option:
        raise SpecError([f"managed_by: the spec says {spec.managed_by!r}, and --managed-by {option!r}; allowed: one"])
    return spec.named(option)


def each_database(
    spec: AccessSpec, databases: Iterable[str], run: Callable[[Connect, AccessSpec, str], Result]
) -> Outcome[Result]:
    """`run` on each of these databases of the spec. An error in one doesn't stop the others."""
    outcome: Outcome[Result] = Outcome()
    names = list(databases)
    for place, name in enumerate(names):
        try:
            with still_at_work(f"database {name}", tell):
                outcome.results[name] = run(partial(connect, name), spec, name)
        except AccessError as error:
            outcome.errors[name] = error
            if isinstance(error, UnreachableError) and f'database "{name}"' not in str(error):
                outcome.untried = (*names[place + 1 :],)  # they would only repeat it, each after another timeout
                break
    return outcome


def warned_once(spec: AccessSpec, found: Mapping[str, Reported]) -> dict[str, Reported]:
    """Reports with each warning once: those about the spec and the cluster's roles would be repeated for every
    database."""
    of_spec = () if spec.users or spec.groups else (_NOBODY,)
    seen: set[str] = set()
    once: dict[str, Reported] = {}
    for database, report in found.items():
        warnings = (*of_spec, *report.warnings)
        once[database] = replace(report, warnings=tuple(warning for warning in warnings if warning not in seen))
        seen.update(warnings)
    return once
