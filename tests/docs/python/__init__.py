"""Python in the docs: each kind of block is run in the place that it is written for."""
