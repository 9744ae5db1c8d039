"""Ends what imports it with a sentence where Node is missing: the CDK starts it while it is imported, and says no more
than that a file isn't there."""

import os
import shutil
from typing import Final

_VARIABLE: Final = "JSII_NODE"
"""Another program than `node` (jsii, jsii/_kernel/providers/process.py)."""

if shutil.which(os.environ.get(_VARIABLE, "node")) is None:
    raise SystemExit("Node 20 or newer is needed: install it, or put it on the PATH")
