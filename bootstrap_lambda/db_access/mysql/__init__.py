"""The MySQL family: everything of the engine that speaks to a MySQL or MariaDB server. Its main path is `reconcile`.

Nothing rolls back there, so a run is made of steps of which each leaves nobody with more than one of the two specs
gives: accounts are made locked, rights are taken first, roles are built and proven while nobody has them, and what is
new is unlocked last.
"""
