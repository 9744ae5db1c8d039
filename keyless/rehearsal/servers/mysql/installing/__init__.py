"""Gets the servers' programs into the user's cache, without root and without installing anything in the system."""
