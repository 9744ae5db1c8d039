"""Shell commands in the docs: each tool's own grammar is asked whether it would take them."""
