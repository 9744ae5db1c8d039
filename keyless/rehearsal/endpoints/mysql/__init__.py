"""Stand-ins of the MySQL family's endpoints: the database's, and RDS Proxy's."""
