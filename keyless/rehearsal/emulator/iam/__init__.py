"""What IAM and STS decide: tokens of database logins, and sessions of deployed roles."""
