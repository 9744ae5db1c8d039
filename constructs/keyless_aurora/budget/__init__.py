"""The connection budget: who may open how many connections, and whether they fit. Knows no CDK."""
