"""`keyless migrate`: look at both users, hold what stands in the way of a step, edit the spec, sync, and report."""
