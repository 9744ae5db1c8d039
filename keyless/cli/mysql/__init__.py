"""Commands on a server of the MySQL family. A run is about the whole server, so there is one report for all of the
spec's databases."""
