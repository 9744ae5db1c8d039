"""Tells an application's own metrics and traces what the client does. Never holds a token or a password."""

import logging
from collections.abc import Callable
from time import monotonic

Hook = Callable[[str, float, str], object]
_LOG = logging.getLogger(__name__)
_hooks: list[Hook] = []


def on_event(hook: Hook) -> Hook:
    """Call `hook(name, ms, reason)` at each event from now on: its name, how many milliseconds it took, and why.

    | name | took | reason |
    |---|---|---|
    | `login` | until there was a connection | `first`, or `replaced` for another one's place |
    | `login_failed` | until it was given up | whether it may pass: `never`, `settles`, `ready` |
    | `retry` | the attempt that `run` does again | SQLSTATE, or the error's class |

    An error of the hook is a line in the log. May be used as a decorator.
    """
    _hooks.append(hook)
    return hook


def tell(name: str, since: float, reason: str) -> None:
    """The event `name`, which began at `since` on the monotonic clock."""
    for hook in _hooks:
        try:
            hook(name, (monotonic() - since) * 1000, reason)
        except Exception:
            _LOG.warning("a hook for events failed at %s", name, exc_info=True)
