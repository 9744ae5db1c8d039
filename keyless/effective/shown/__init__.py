"""Findings for people, for pull requests and for programs."""
