"""`keyless`, as a console script or `python -m keyless`."""

import gc
import sys
from typing import NoReturn

from keyless.cli.command import main


def run() -> NoReturn:
    status = main()
    gc.freeze()  # Python would look through everything once more; all of it goes with the process
    sys.exit(status)


if __name__ == "__main__":
    run()
