"""What the operator asks for and the app doesn't have. Apart from what is asked, so that a wrong setting can't keep a
message from being shown."""

from collections.abc import Iterable


class UsageError(Exception):
    """A context value that the app doesn't know. Lists those that exist."""


class MistakeError(UsageError):
    """Python finds a mistake in the app's own files. Says where, and what was probably meant."""


class UnknownEnvironmentError(UsageError):
    """No environment has that name. Lists those that exist."""

    def __init__(self, name: str | None, existing: Iterable[str]) -> None:
        problem = f"no environment is named {name!r}" if name else "no environment is chosen"
        super().__init__(
            f"{problem}; allowed: ENV=NAME for make, or -c environment=NAME for cdk, with one of: {', '.join(existing)}"
        )
