"""Secrets of users that log in with a password."""
