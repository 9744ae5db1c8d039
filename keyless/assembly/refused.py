"""Why an archive or an assembly is refused."""

from collections.abc import Iterable


class RefusedError(Exception):
    """What came from the other job is not what was announced, or would run code. `problems`: a sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
