"""The synthesized app deployed on this machine, against real parts."""
