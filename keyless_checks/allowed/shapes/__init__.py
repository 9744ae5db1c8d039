"""The properties of every type of resource that this project makes. A property that is missing is AWS's default, which
nobody decided on and AWS may change; one that isn't named here may open a door that no other rule looks at.

`Type.Property` is the shape of the object in that property, or of each object in its list."""

from keyless_checks.allowed.shape import Shape
from keyless_checks.allowed.shapes import database, functions, monitoring, network, rights

SHAPES = {
    name: Shape.of(text)
    for part in (database, functions, monitoring, network, rights)
    for name, text in part.PROPERTIES.items()
}
EVERYWHERE = frozenset(rights.PROPERTIES) | frozenset(network.IN_EVERY_STACK)
"""What decides who may do or reach what, so that it has no other property in your own stacks either."""
