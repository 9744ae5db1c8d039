"""Rotation of a password user: the secret on one side, the role on the other."""
