"""What the docs show of the output of this project, and where the real one comes from."""
