"""RDS Proxy."""
