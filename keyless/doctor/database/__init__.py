"""What PostgreSQL's catalogs say of a login, which everybody may read."""
