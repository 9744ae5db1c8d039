"""What a verify changes beyond its own stack, and only when it is told to: decided before anything is asked, so that
the operator is told exactly that."""
