"""A command that is ended from outside undoes what it would leave behind, and says so to whoever is there."""

import os
import signal
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from keyless.access_plan import command as access_plan
from keyless.ending import INTERRUPTED, orderly, tell, unstoppable
from keyless.rehearsal import __main__ as rehearse
from keyless.verify import command as verify

ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """As a terminal starts a command, whatever the tests were started to ignore."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _end(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize(
    ("module", "step", "arguments"),
    [(verify, "_run", []), (rehearse, "rehearse", []), (access_plan, "_specs", ["--base", "HEAD"])],
    ids=["verify", "rehearse", "access_plan"],
)
def test_each_command_that_leaves_something_behind_ends_in_order(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    module: ModuleType,
    step: str,
    arguments: list[str],
    number: int,
) -> None:
    monkeypatch.setattr(module, step, lambda *_, **__: _end(number))
    main: Callable[[list[str]], int] = module.main
    assert main([*arguments]) == INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("number", ENDING)
def test_what_may_not_be_stopped_is_told_and_ended_afterwards(capsys: pytest.CaptureFixture[str], number: int) -> None:
    done = False
    with pytest.raises(KeyboardInterrupt), orderly(), unstoppable("still removing"):
        _end(number)
        _end(number)
        done = True
    assert done
    assert capsys.readouterr().err == "still removing\nstill removing\n"


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with orderly(), unstoppable("not told"):
            _end(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_handlers_before_are_there_again() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with orderly():
        assert [signal.getsignal(number) for number in ENDING] != before
    assert [signal.getsignal(number) for number in ENDING] == before


def test_a_closed_terminal_does_not_end_what_tells_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise OSError("Input/output error")

        def flush(self) -> None:
            raise OSError("Input/output error")

    monkeypatch.setattr("sys.stderr", Closed())
    tell("removing")
