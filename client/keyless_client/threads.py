"""Each thread's connections, and what any of them leaves open."""

import os
import threading
from weakref import WeakSet

from keyless_client.invoked import Mark
from keyless_client.kept import Kept
from keyless_client.login import Login


class _Thread(threading.local):
    """A thread's connections: one for each user and endpoint that it has asked for."""

    def __init__(self) -> None:
        self.kept: dict[Login, Kept] = {}


_thread = _Thread()
_all: WeakSet[Kept] = WeakSet()
"""Those of all threads."""
_changing = threading.Lock()
_inherited: list[_Thread] = []


def kept_here() -> dict[Login, Kept]:
    return _thread.kept


def keep(login: Login, kept: Kept) -> Kept:
    """`kept`, which is this thread's for `login` from now on."""
    with _changing:
        _all.add(kept)
    _thread.kept[login] = kept
    return kept


def end(mark: Mark) -> str | None:
    """End what the invocation `mark` has left open, and say where: nothing of this thread's, the names of others. None
    where nothing is open."""
    here = [kept for kept in _thread.kept.values() if kept.left_open(mark)]
    for kept in here:
        kept.roll_back()
    with _changing:
        others = [kept for kept in _all if kept.thread is not threading.current_thread() and kept.left_in_thread(mark)]
    for kept in others:
        kept.session.cut()
    lost = mark.decorated.lost if mark.decorated else []
    names = sorted({*lost, *(kept.thread.name for kept in others)})
    return f" in thread {', '.join(names)}" if names else ("" if here else None)


def _forget() -> None:
    """In a forked child: a connection can't be shared, and closing it here would end the parent's session."""
    global _thread, _all, _changing
    _inherited.append(_thread)
    _thread, _all, _changing = _Thread(), WeakSet(), threading.Lock()


os.register_at_fork(after_in_child=_forget)
