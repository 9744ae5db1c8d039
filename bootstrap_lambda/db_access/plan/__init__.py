"""What a run is to do, as values: changes with their reasons, and how they are shown.

Shared by all engine families; knows no database.
"""
