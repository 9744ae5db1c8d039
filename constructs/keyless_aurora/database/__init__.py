"""The database: an Aurora cluster or an RDS instance that this app makes, or one that exists."""
