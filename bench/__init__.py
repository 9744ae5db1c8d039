"""What the engine costs, compared with what PostgreSQL itself needs for the same grants: `make bench`. Not deployed."""
