"""The engine's run after the migration: whatever it changes beside rights on single objects, a migration has brought
about, and is wrong."""
