"""What can be wrong with a spec beyond the form of its fields. Everything at once, each with its place and what is
allowed."""
