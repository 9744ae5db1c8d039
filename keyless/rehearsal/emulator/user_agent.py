"""How the rehearsal's own calls to its emulator are told from those of what it rehearses."""

REHEARSAL = "keyless-rehearsal"
