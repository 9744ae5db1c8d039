"""The stacks of one environment: they compose, connect, tag and output; the constructs do the work."""
