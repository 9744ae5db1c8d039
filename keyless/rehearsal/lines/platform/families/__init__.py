"""What differs in the lines of every deployment by the engine's family."""
