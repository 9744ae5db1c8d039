"""What is deployed, read back from the emulator."""
