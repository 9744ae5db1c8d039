"""The control channel between the rehearsal and the process that is its emulator."""
