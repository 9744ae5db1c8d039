"""`python -m keyless.access_plan`, as `make access-plan` runs it."""

import sys

from keyless.access_plan.command import main

if __name__ == "__main__":
    sys.exit(main())
