"""Runs in a function beside the app, with a deployed function's role, and tries what that function may and may not do.
Deployed by `keyless verify` and removed again."""
