"""What the engine costs, beside what PostgreSQL itself must spend on the same grants: `make bench`. Nothing here is
deployed."""
