"""The commands that edit a user in the spec's file: their command lines."""

from keyless.cli.commands.users.alter import ALTER, alter_user
from keyless.cli.commands.users.create import CREATE, create_user
from keyless.cli.commands.users.ending import DISABLE, DROP, disable_user, drop_user
from keyless.cli.commands.users.running import EPILOG

__all__ = ["ALTER", "CREATE", "DISABLE", "DROP", "EPILOG", "alter_user", "create_user", "disable_user", "drop_user"]
