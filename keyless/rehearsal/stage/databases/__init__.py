"""The database of a stage by its engine's family: a server, made to look as deployed, and its endpoints' stand-ins."""
