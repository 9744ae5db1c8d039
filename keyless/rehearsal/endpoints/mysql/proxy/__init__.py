"""The stand-in of RDS Proxy in front of the MySQL family."""
