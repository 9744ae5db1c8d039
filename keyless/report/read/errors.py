from db_access.errors import AccessError


class ForeignFileError(AccessError):
    """A file is not what it is given as. Says what is allowed."""
