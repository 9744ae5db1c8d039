"""Why an endpoint lets a login not in, whatever protocol it speaks. Each protocol has a message of its own for it."""


class Denial(Exception):
    """The login can't be decided about. What the client is told, and the reason that only the rehearsal's evidence
    shows."""

    def __init__(self, text: str, reason: str = "", principal: str = "") -> None:
        super().__init__(text)
        self.reason, self.principal = reason or text, principal


class NoConnectionError(Denial):
    """The proxy has no connection to the database to give within `ConnectionBorrowTimeout`."""

    def __init__(self, reason: str = "") -> None:
        super().__init__("Timed-out waiting to acquire database connection.", reason)


class NoCredentialsError(Denial):
    """The proxy has no way to log in to the database as that user."""

    def __init__(self, user: str, reason: str) -> None:
        text = (
            f"This RDS proxy has no credentials for the role {user}. Check the credentials for this role and try again."
        )
        super().__init__(text, reason)
