"""Converge a PostgreSQL database's roles and grants to a declared access spec, and prove the result.

The main path: `handler -> reconcile -> catalog, plan, apply, proof`.
"""
