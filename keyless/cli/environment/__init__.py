"""An environment that is deployed, as the place where a command connects: `--env dev`."""
