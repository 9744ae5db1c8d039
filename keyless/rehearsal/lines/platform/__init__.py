"""What every deployment promises, whatever app it is of: tokens, TLS, the drift watch, its later life."""
