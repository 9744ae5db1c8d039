"""Real PostgreSQL servers that look like RDS, and the certificate authority of a rehearsal."""
