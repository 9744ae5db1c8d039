"""Runs it: finds the login, looks at it, shows what was found."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path as File
from typing import Final

from db_access.spec import AccessSpec
from keyless.cli.databases import managed
from keyless.cli.doctor.asked import Asked, UnknownLoginError
from keyless.cli.doctor.deployed import nowhere, of_environment
from keyless.cli.doctor.variables import of_function, of_variables
from keyless.cli.environment.chosen import chosen, place
from keyless.cli.environment.stacks import EnvironmentNotFoundError
from keyless.cli.options import SPEC
from keyless.cli.seeds_variables import for_libpq
from keyless.cli.status import DIFFERENT, DONE, FAILED
from keyless.doctor import shown
from keyless.doctor.examine import Result, examine
from keyless.doctor.finding import Verdict
from keyless.doctor.looking import Looking
from keyless.doctor.path import Path
from keyless_client import ConnectError

Show = Callable[[Path, Iterable[Result]], Iterator[str]]
_BEFORE_ANYTHING: Final = 2
"""Hops that are looked at even where the environment isn't found: the clock and the credentials."""
_SHOW: Final[Mapping[str, Show]] = {"text": shown.text, "markdown": shown.markdown, "json": shown.json}


def run(asked: Asked, form: str) -> int:
    """The exit status; what was found goes to stdout.

    Raises:
        AccessError: where it can't be said whose login is meant.
    """
    try:
        with _looking(asked) as at:
            return _show(at.path, examine(at), form)
    except ConnectError as error:  # what is said of the login is no text, or contradicts itself
        raise UnknownLoginError(str(error)) from error
    except EnvironmentNotFoundError:
        at = nowhere(asked)
        results = examine(at)
        first = [*islice(results, _BEFORE_ANYTHING)]
        if all(result.finding.verdict is not Verdict.WRONG for result in first):
            raise
        return _show(at.path, chain(first, results), form)


def _show(path: Path, results: Iterable[Result], form: str) -> int:
    found: list[Result] = []
    for text in _SHOW[form](path, _kept(results, found)):
        print(text, flush=True)
    return _status(found)


def _kept(results: Iterable[Result], found: list[Result]) -> Iterator[Result]:
    for result in results:
        found.append(result)
        yield result


def _status(found: Sequence[Result]) -> int:
    verdicts = {result.finding.verdict for result in found}
    if Verdict.WRONG in verdicts:
        return DIFFERENT
    return FAILED if Verdict.UNSEEN in verdicts else DONE


@contextmanager
def _looking(asked: Asked) -> Iterator[Looking]:
    if asked.env is not None:
        with chosen(asked.env, asked.user, asked.via) as found, for_libpq():
            yield of_environment(asked, found, _spec(asked.config))
        return
    with place(None, asked.user, None), for_libpq():
        spec = _spec(asked.config)
        yield of_variables(asked, spec) if asked.function is None else of_function(asked, spec)


def _spec(config: File | None) -> AccessSpec | None:
    """None where none is named and there is none at its usual place. Raises SpecError."""
    if config is None and not SPEC.exists():
        return None
    return managed(AccessSpec.load(config or SPEC), None)
