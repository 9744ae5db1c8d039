"""From a password to IAM: a second user with the same rights, which takes the place of the first.

On RDS a member of rds_iam can't log in with a password, so one user can't do both. `phase` and `edits` say where a
migration stands in the access spec and what each step changes there; `roles` what there is of both users in the
cluster; `comparison` in what points PostgreSQL treats them differently. Nothing is kept elsewhere, and nothing here
writes to a database.
"""
