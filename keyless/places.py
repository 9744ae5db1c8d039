"""The environments as the workflows take them. Standard library only: it runs where nothing else is installed.

`python3 -m keyless.places` reads what `python app.py environments` prints, and prints one line of JSON.
"""

import json
import re
import sys
from typing import Any, Final

_PLACES: Final = ("first", "second", "third", "fourth", "fifth")
"""A workflow can't make its jobs from a list: .github/workflows/deploy.yml has one for each of these."""
_SAID = ("name", "region")


def main() -> int:
    """Prints the list; says why there is none, with status 1."""
    environments = json.load(sys.stdin)
    if not 1 <= len(environments) <= len(_PLACES):
        names = ", ".join(environment["name"] for environment in environments) or "none"
        print(
            f"the workflows deploy one to five environments; the app has {len(environments)}: {names}",
            file=sys.stderr,
        )
        return 1
    print(json.dumps([_placed(*each) for each in zip(_PLACES, environments, strict=False)], separators=(",", ":")))
    return 0


def _placed(place: str, environment: dict[str, Any]) -> dict[str, Any]:
    """`variable`: the name as one of GitHub's variables can have it in its own: it takes no hyphen."""
    variable = re.sub("[^A-Z0-9]", "_", environment["name"].upper())
    return {**{key: environment[key] for key in _SAID}, "place": place, "variable": variable}


if __name__ == "__main__":
    sys.exit(main())
