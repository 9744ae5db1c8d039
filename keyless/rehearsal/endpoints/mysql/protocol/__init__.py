"""MySQL's client/server protocol as far as a login needs it: bytes to values and back."""
