"""The account as it is now, through a client that can only read."""
