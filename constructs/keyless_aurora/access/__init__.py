"""The access spec carried out in the database, and functions granted access to it."""
