"""The connection budget: who may open how many connections, whether they fit, and what to know about it. Knows no
CDK."""
