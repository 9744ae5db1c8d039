"""Who may log in as whom, from where: each function as its user, and as nobody else."""
