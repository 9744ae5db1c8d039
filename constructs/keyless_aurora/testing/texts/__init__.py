"""What a person reviews, as texts that a difference can be read in."""

from keyless_aurora.testing.texts.access import access
from keyless_aurora.testing.texts.connections import connections
from keyless_aurora.testing.texts.reachability import reachability
from keyless_aurora.testing.texts.rights import rights
from keyless_aurora.testing.texts.template import template

__all__ = ["access", "connections", "reachability", "rights", "template"]
