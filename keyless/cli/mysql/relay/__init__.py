"""A socket of this user's own, behind which is a session at the endpoint that this process has logged in to.

MySQL's clients take no address beside a host's name, and verify the name that they dial, which at the end of a port
forward is 127.0.0.1. So this process dials, verifies and logs in, and the client gets the session: it has no token.
"""
