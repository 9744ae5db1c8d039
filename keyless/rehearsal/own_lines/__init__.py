"""What an app says of its own functions, in a rehearsal.yaml beside each: read before anything is deployed."""
