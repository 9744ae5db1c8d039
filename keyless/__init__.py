"""What an operator runs: the `keyless` command and the rehearsal. Nothing here is deployed."""
