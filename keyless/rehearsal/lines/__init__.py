"""The lines of the table: what is tried on the deployment, what must come of it, and the report."""
