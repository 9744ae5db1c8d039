"""The files that a spec comes in: YAML and JSON, and user files of the PostgreSQL user manager; secrets beside them."""
