"""A port forward into an environment's network, by Session Manager through its bastion, while a command runs."""
