"""The app synthesized, deployed and running on this machine, with stand-ins at its endpoints."""
