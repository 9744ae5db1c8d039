"""A look at each hop of a login: what it asks, and what the answer means."""
