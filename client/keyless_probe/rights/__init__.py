"""What a login can do with what there is in a database, found out without changing it."""
