"""Templates broken on purpose, one thing each, and the gate that must see it."""
