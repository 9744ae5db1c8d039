"""What a report says beside what a database does: of the spec, of templates, of files, of logs. Reads only."""

import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from db_access.errors import AccessError
from db_access.spec import AccessSpec
from db_access.spec.deployed import digest
from keyless.cli.databases import managed
from keyless.cli.environment.stacks import templates as deployed_templates
from keyless.cli.options import OfSpec
from keyless.cli.report import drift_history
from keyless.preflight.planned.assembly import AssemblyError, stacks
from keyless.report.read import history
from keyless.report.read.evidence import Evidence
from keyless.report.route import Route, Templates
from keyless.verify.deployed import digest as digest_of_template

Source = TypeVar("Source")
Found = TypeVar("Found")


class SourcesError(AccessError):
    """Something that the report is to have in it can't be read. Has every problem."""


@dataclass(frozen=True)
class Files:
    """Where what no database says comes from."""

    assembly: Path | None
    evidence: Sequence[Path]
    history: Sequence[Path] | None

    @property
    def named(self) -> dict[str, Sequence[Path]]:
        return {"one of --evidence": self.evidence, "one of --history": self.history or ()}


def declared(of: OfSpec) -> dict[str, Any]:
    """As the stacks have it: secrets that the command line names stand beside the spec there."""
    spec = managed(AccessSpec.load(of.config), of.managed_by)
    return {
        "spec_file": of.config.name,
        "spec_digest": digest(spec.as_properties()),
        "declared": {
            **{role.username: "acknowledged by the spec" for role in spec.acknowledged},
            **{user.name: "" for user in spec.users},
        },
        "versions": {
            "keyless-aurora": version("keyless-aurora"),
            "psycopg": version("psycopg"),
            "Python": platform.python_version(),
        },
    }


def given(spec: AccessSpec, env: str | None, files: Files) -> dict[str, Any]:
    """Raises SourcesError."""
    sources = _Sources()
    evidence = sources.read(Evidence.load, files.evidence)
    looks = [look for log in sources.read(history.load, files.history or ()) for look in log]
    route = sources.read(partial(_route, spec, env), [files.assembly])
    if sources.problems:
        raise SourcesError("\n  ".join(sources.problems))
    if env is None or files.history is not None:
        found = drift_history.of_files(files.history, looks)
    else:
        found = drift_history.deployed(env)
    return {"evidence": evidence, "history": found, **route[0]}


class _Sources:
    """Reads on after a problem, to tell of all of them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, how: Callable[[Source], Found], sources: Sequence[Source]) -> list[Found]:
        found = []
        for source in sources:
            try:
                found.append(how(source))
            except AccessError as error:
                self.problems.append(str(error))
        return found


def _route(spec: AccessSpec, env: str | None, assembly: Path | None) -> dict[str, Any]:
    templates, source = _templates(env, assembly)
    route = Route.of_templates(templates)
    if route is None:
        ways = Counter(user.auth_method for user in spec.users if user.logs_in)
        route = Route.of_spec(iam=ways["iam"], password=ways["password"])
        source += " No database is in them: as the access spec alone says." if templates else ""
    digests = {stack: digest_of_template(template) for stack, template in templates.items()}
    return {"route": route, "route_source": source, "templates": digests}


def _templates(env: str | None, assembly: Path | None) -> tuple[Templates, str]:
    """And what is to be said of where they are from."""
    if env is not None:
        return deployed_templates(env), f"As the templates say that are deployed as {env}."
    if assembly is None:
        return {}, "As the access spec alone says, for no templates were named (--env or --assembly)."
    try:
        found = {stack.name: stack.template for stack in stacks(assembly)}
    except AssemblyError as error:
        raise SourcesError(f"--assembly: {error}; allowed: the folder that `make synth` writes, cdk.out") from error
    return found, f"As the templates in {assembly.name} say; whether they are deployed was not asked."
