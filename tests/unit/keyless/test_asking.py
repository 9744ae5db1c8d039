"""A question at a terminal ends at once by Ctrl-C, however soon after the question that comes."""

import os
import pty
import select
import signal
import sys

import pytest

_ASKS = "from keyless.asking import answer; print(repr(answer('? ')))"
_ROUNDS = 40
_LOST = 20  # seconds


def _asked(typed: bytes) -> tuple[int, str]:
    """What a process of its own answers to what is typed as soon as its question stands, and its status."""
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.execv(sys.executable, [sys.executable, "-c", _ASKS])
    try:
        seen = _until(terminal, b"? ")
        os.write(terminal, typed)
        seen += _until(terminal, b"")
    except AssertionError:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
        os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode()


def _until(terminal: int, end: bytes) -> bytes:
    seen = b""
    while not (end and seen.endswith(end)):
        assert select.select([terminal], [], [], _LOST)[0], f"it goes on waiting after {seen!r}"
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
    return seen


def test_a_ctrl_c_right_after_the_question_is_not_lost() -> None:
    for _ in range(_ROUNDS):
        status, seen = _asked(b"\x03")
        assert status != 0
        assert "KeyboardInterrupt" in seen


@pytest.mark.parametrize(("typed", "answer"), [(b"yes\n", "'yes\\n'"), (b"\n", "'\\n'"), (b"\x04", "''")])
def test_a_line_is_the_answer(typed: bytes, answer: str) -> None:
    status, seen = _asked(typed)
    assert (status, answer in seen) == (0, True), seen
