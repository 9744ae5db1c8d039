"""Who can do what in a database, and by which route: asked of PostgreSQL, of any database, with or without a spec.

PostgreSQL's own has_…_privilege functions say what is allowed; memberships and ACLs only explain it. Reads catalogs in
one READ ONLY transaction: nothing of the database's own runs, and nothing is locked but views, for a moment, as a
SELECT does.
"""
