"""Secrets in Secrets Manager that hold users' passwords, read and rotated. Shared by all engine families."""

from db_access.secrets.reading import ReadSecret, Secret, from_secrets_manager, passwords_of, secrets_manager
from db_access.secrets.version import Login, Version

__all__ = ["Login", "ReadSecret", "Secret", "Version", "from_secrets_manager", "passwords_of", "secrets_manager"]
