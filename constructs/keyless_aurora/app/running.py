"""What app.py does: synthesize, or say what tools must know of the environments."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from db_access.errors import SpecError
from keyless_aurora import kept
from keyless_aurora.app import context
from keyless_aurora.app.error import MistakeError, UsageError
from keyless_aurora.app.keyless_app import KeylessApp
from keyless_aurora.app.mistakes import MISTAKES, sentence
from keyless_aurora.app.synthesis import OutputError, new_app, synthesize
from keyless_aurora.functions.bundling import BundlingError
from keyless_aurora.settings.bootstrap import toolkit_stack
from keyless_aurora.settings.checked import all_at_once
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.targets import SharedTargetError
from keyless_checks.judged import NotJudgedError

Made = Callable[[], KeylessApp]
_REFUSED = (BundlingError, SpecError, SettingsError, SharedTargetError, UsageError, OutputError, NotJudgedError)


def run(made: Made, arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status; what the operator did wrong goes to stderr as a sentence.

    Args:
        made: makes the app. What is imported in it may be wrong, too: settings are checked when they are made.
        arguments: those of the command line: none to synthesize, as the cdk command line asks for;
            `environments` to list them as JSON; `bootstrap-options NAME` for the options of `cdk bootstrap`.
    """
    given = _parser().parse_args(arguments)
    try:
        given.command(_made(made), given)
    except _REFUSED as error:
        return _refuse(error)
    except RuntimeError as error:
        if cause := BundlingError.behind(error):
            return _refuse(cause)
        raise
    return 0


def _made(made: Made) -> KeylessApp:
    """Raises SettingsError with every setting that is made wrong, MistakeError for what Python finds wrong with the
    app's own files."""
    try:
        with all_at_once():
            return made()
    except MISTAKES as error:
        if said := sentence(error, Path.cwd()):
            raise MistakeError(said) from error
        raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="without arguments: synthesize, called by cdk")
    parser.set_defaults(command=_synthesize)
    commands = parser.add_subparsers()
    listing = commands.add_parser("environments", help="list the environments as JSON")
    listing.set_defaults(command=_list)
    options = commands.add_parser("bootstrap-options", help="the options of `cdk bootstrap` for an environment")
    options.set_defaults(command=_bootstrap_options)
    options.add_argument("environment")
    return parser


def _synthesize(app: KeylessApp, _: argparse.Namespace) -> None:
    composed = new_app()
    synthesize(composed, app.compose(composed, verdicts=kept).gates)


def _list(app: KeylessApp, _: argparse.Namespace) -> None:
    print(json.dumps([_described(environment) for environment in app.environments.values()]))


def _described(environment: Environment) -> dict[str, object]:
    return {
        "name": environment.name,
        "region": environment.region,
        "account": environment.account or None,
        "prefix": environment.prefix,
        "qualifier": environment.bootstrap_qualifier,
        "protected": environment.protected,
        "pipeline": environment.repository is not None,
        "engine": environment.database.engine.label,
        "converged": environment.database.engine.family.converged,
    }


def _bootstrap_options(app: KeylessApp, given: argparse.Namespace) -> None:
    """They give the environment roles of its own."""
    qualifier = context.named(app.environments, given.environment).bootstrap_qualifier
    print(f"--qualifier {qualifier} --toolkit-stack-name {toolkit_stack(qualifier)}")


def _refuse(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 1
