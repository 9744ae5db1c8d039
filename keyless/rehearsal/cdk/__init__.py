"""The real cdk command line: synthesizes, bootstraps, deploys and destroys on the emulator."""
