"""What would fail a deploy, found before it: the account is read and never written to."""
