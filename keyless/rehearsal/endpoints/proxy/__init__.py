"""The stand-in of RDS Proxy."""
