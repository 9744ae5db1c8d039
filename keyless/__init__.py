"""What an operator runs: the `keyless` command and the rehearsal."""
