"""Other drivers and frameworks on a Login: a module for each, which alone imports it."""
