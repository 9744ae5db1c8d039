"""What the tests of an app are made of: synthesize it, hold its gates, and hold it to what was reviewed.

Needs no credentials, builds no bundles, and reads nothing of AWS.
"""

from keyless_aurora.testing.reviewed import Reviewed
from keyless_aurora.testing.synthesized import Synthesized, synthesized

__all__ = ["Reviewed", "Synthesized", "synthesized"]
