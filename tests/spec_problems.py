"""What a spec is refused for, without the names that follow its places: what most tests are about is the rest."""

import re

from db_access.errors import SpecError


def bare(error: SpecError) -> tuple[str, ...]:
    """`users[0].grants[1] (writer): …` as `users[0].grants[1]: …`, wherever a problem names a place."""
    return tuple(re.sub(r"((?:^| at )[a-z_]+\[\d+\][^ ;:]*) \([^)]*\)", r"\1", problem) for problem in error.problems)
