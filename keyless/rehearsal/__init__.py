"""The synthesized app deployed on this machine, against real parts. Stand-ins for AWS live here and nowhere else."""
