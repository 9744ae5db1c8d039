"""A spec from a database that is there already, which a sync finds nothing to do about and takes nothing by.

`inventory` reads what there is, `draft` says it in the spec's words, `settling` leaves out whatever the engine's own
plan would change, `written` writes the file, and `marking` writes who manages the roles. Only that changes anything.
"""
