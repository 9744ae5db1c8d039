"""See keyless.approval.command."""

import sys

from keyless.approval.command import main

sys.exit(main())
