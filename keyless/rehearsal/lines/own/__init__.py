"""The lines that an app writes for its own functions: a rehearsal.yaml beside each."""
