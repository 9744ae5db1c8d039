"""What a rehearsal found, for people and for machines."""
