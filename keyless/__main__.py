"""`keyless`, as a console script or `python -m keyless`."""

import sys

from keyless.cli.command import main

if __name__ == "__main__":
    sys.exit(main())
