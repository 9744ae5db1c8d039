from db_access.errors import AccessError


class ForwardError(AccessError):
    """There is no way through the bastion. Says why, and what is allowed."""
