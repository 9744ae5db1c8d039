"""`python -m keyless.preflight`, as `make preflight` and `make deploy` run it."""

import sys

from keyless.preflight.command import main

if __name__ == "__main__":
    sys.exit(main())
