"""One self-contained page for auditors: who can do what and by which route, what differs from the spec, and on what
evidence. Pure but for `read`, which reads files: it connects to nothing and writes nothing.

Every text of others, such as a role's name, becomes markup in `markup` and nowhere else.
"""
