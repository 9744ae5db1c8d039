"""Stand-ins of where a task and an instance get their role's credentials, on loopback. Each serves one process, at an
address that nobody can guess, and asks the emulated cloud each time: what the role trusts is what is deployed."""
