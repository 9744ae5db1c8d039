"""No option of any command is without effect: whatever else is given, it is used, or refused in a sentence."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from keyless.cli.app import command
from keyless.cli.command import main

ELSEWHERE = {"init", "rehearse", "verify"}
"""Commands that hand their options on as they are."""
GIVEN = {"FILE": "new.json", "USER=ARN": "ana=arn:aws:x", "N": "5", "SECONDS": "5", "LENGTH": "1h", "DIR": "folder"}
"""Values by what the help calls them."""
_STEPS = ("start", "switch", "finish", "back")
ALSO = {
    "alter-user": ["--description", "another"],
    "grant": ["--for", "2h"],
    **{f"migrate {step}": ["ana"] for step in _STEPS},
}
"""What a command needs one of."""


def commands(of: TyperGroup, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, one in of.commands.items():
        if isinstance(one, TyperGroup):
            yield from commands(one, *path, name)
        elif name not in ELSEWHERE:
            yield (*path, name), one


COMMANDS = {" ".join(path): (path, one) for path, one in commands(command())}
each_command = pytest.mark.parametrize("name", COMMANDS)


def _value(parameter: Any) -> str:
    choices = parameter.type_descriptor.choices
    return str([*choices][-1]) if choices else GIVEN.get(parameter.metavar, "text")


def _words(parameter: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [_value(parameter)]
    return [parameter.opts[0], *([] if parameter.is_flag else [_value(parameter)])]


def _line(name: str, *given: Any) -> list[str]:
    """With what the command can't be without."""
    path, one = COMMANDS[name]
    needed = [parameter for parameter in one.params if parameter.required and parameter not in given]
    return [*path, *ALSO.get(name, ()), *(word for parameter in (*needed, *given) for word in _words(parameter))]


def _options(name: str) -> list[Any]:
    _, one = COMMANDS[name]
    return [each for each in one.params if each.param_type_name == "option" and not each.required and not each.hidden]


def _held(value: Any) -> Any:
    """What a function knows of the command line, and those that it calls."""
    if isinstance(value, FunctionType):
        return {key: _held(inner) for key, inner in inspect.getclosurevars(value).nonlocals.items()}
    return repr(value)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[list[str]], Any]:
    """What a command line would run, and with what; the sentence, where it is refused."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    would: list[Any] = []

    def reported(run: Callable[[], int], **how: Any) -> int:
        would.append((_held(run), how))
        return 0

    for name, module in [*sys.modules.items()]:
        if name.startswith("keyless.cli.commands") and hasattr(module, "reported"):
            monkeypatch.setattr(module, "reported", reported)

    def answer(line: list[str]) -> Any:
        would.clear()
        try:
            command().main(line, prog_name="keyless", standalone_mode=False)
        except typer.TyperException as refused:
            return refused.format_message().removeprefix("Invalid value: ")
        return would[0]

    return answer


@each_command
def test_every_option_alone_changes_what_is_done_or_is_refused_with_the_way_out(
    runs: Callable[[list[str]], Any], name: str
) -> None:
    without = runs(_line(name))
    for option in _options(name):
        found = runs(_line(name, option))
        assert found != without, option.opts
        assert not isinstance(found, str) or "; allowed: " in found, found


@each_command
def test_every_option_changes_what_is_done_beside_every_other_one_or_is_refused(
    runs: Callable[[list[str]], Any], name: str
) -> None:
    alone = {option.name: runs(_line(name, option)) for option in _options(name)}
    for one, other in combinations(_options(name), 2):
        found = runs(_line(name, one, other))
        refused = isinstance(found, str) and "; allowed: " in found
        assert refused or found not in (alone[one.name], alone[other.name]), (one.opts, other.opts, found)


@each_command
def test_an_option_that_takes_one_value_is_refused_with_two(runs: Callable[[list[str]], Any], name: str) -> None:
    """Otherwise `prove --database app --database reports` would be about one of them."""
    for option in _options(name):
        if not (option.is_flag or option.multiple):
            found = runs(_line(name, option, option))
            assert re.fullmatch(f"{option.opts[0]} is given [23] times; allowed: once", str(found)), (
                option.opts,
                found,
            )


def test_an_option_without_its_value_is_said_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["token", "--via"])
    assert capsys.readouterr().err.startswith(
        "keyless token: option '--via' requires an argument; keyless token --help"
    )


OF_THE_SYNC = ["--yes", "--secret ana=arn:aws:x", "--managed-by orders", "--env dev", "--verbose"]
ALONE = ["create-user ana", "alter-user ana --enable", "disable-user ana", "drop-user ana"]


@pytest.mark.parametrize("edit", ALONE)
@pytest.mark.parametrize("option", OF_THE_SYNC)
def test_what_is_for_the_sync_is_refused_without_it(runs: Callable[[list[str]], Any], edit: str, option: str) -> None:
    line = [*edit.split(), *option.split()]
    said = (
        f"{option.split()[0]} has no effect without --sync: an edit of the file connects to nothing; allowed: without"
    )
    assert runs(line) == said
    assert not isinstance(runs([*line, "--sync"]), str)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sync --config a --dry-run --yes", "--yes has no effect with --dry-run"),
        ("sync --config a --json --format sql", "--json is not allowed with --format"),
        ("matrix --json --format text", "--json is not allowed with --format"),
        ("create-user a --dry-run --sync", "--dry-run is not allowed with --sync"),
        ("drop-user a --yes --env dev", "--yes and --env have no effect without --sync"),
        ("alter-user a --sync", "nothing is said of the user"),
        ("approve --config a --to b.json --first --env dev", "--env has no effect with --function or --first"),
        ("approve --config a --to b.json --function f --secret a=b", "--secret has no effect with --function or --first"),
        ("approve --config a --to b.json --function f --first", "--first is not allowed with --function"),
        ("connect --via proxy", "--via is not allowed without --env"),
        ("token --via proxy", "--via is not allowed without --env"),
        ("check a --config b", "FILE is not allowed with --config"),
        ("check --config a b", "FILE is not allowed with --config"),
    ],
)  # fmt: skip
def test_what_can_not_be_together_is_refused_before_anything_is_read(
    runs: Callable[[list[str]], Any], line: str, said: str
) -> None:
    found = runs(line.split())
    assert isinstance(found, str) and found.startswith(said) and "; allowed: " in found


def test_a_name_that_a_refusal_begins_with_stays_as_the_help_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "a.yaml", "--config", "b.yaml"])
    assert capsys.readouterr().err.startswith("keyless check: FILE is not allowed with --config")


def test_a_refusal_is_one_line_and_no_word_of_a_library(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["disable-user", "ana", "--yes"])
    assert capsys.readouterr().err == (
        "keyless disable-user: --yes has no effect without --sync: an edit of the file connects to nothing; allowed: "
        "without; keyless disable-user --help shows what is allowed\n"
    )
