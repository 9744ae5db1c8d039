"""The files that a spec comes in: documents, user files of the PostgreSQL user manager, and secrets named beside
them."""
