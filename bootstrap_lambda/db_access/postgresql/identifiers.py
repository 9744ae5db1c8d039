"""How SQL names things in a statement that an operator is told to run; `ddl` composes what a run executes. Pure."""


def identifier(name: str) -> str:
    """Always quoted, so that no name is taken for a keyword or another name; on one line, whatever is in it."""
    if name.isprintable():
        return '"{}"'.format(name.replace('"', '""'))
    escaped = "".join(
        letter if letter.isprintable() else f"\\+{ord(letter):06X}" for letter in name.replace("\\", "\\\\")
    )
    return 'U&"{}"'.format(escaped.replace('"', '""'))
