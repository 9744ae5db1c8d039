"""Where in a text the values of its document are, for YAML and for JSON."""

from keyless.editing.trees.node import Node

__all__ = ["Node"]
