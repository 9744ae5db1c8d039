"""The real cdk command line, what it deploys, and the stage that brings it all up."""
