"""Which worlds are tried: MYSQL_SEEDS=0-99 for more than the few of a usual run."""

import os
from typing import Final

_FIRST, _, _LAST = os.environ.get("MYSQL_SEEDS", "0-2").partition("-")
SEEDS: Final = range(int(_FIRST), int(_LAST or _FIRST) + 1)
