"""Takes a cloud assembly from another job's archive, and nothing else. Standard library only: it runs where a role is
held, and nothing is installed there."""
