"""Reusable constructs: an isolated network, an Aurora cluster and proxy without secrets, database access, client
grants.

Every value is passed in: no construct reads an environment, a context key or the account it runs in.
"""
