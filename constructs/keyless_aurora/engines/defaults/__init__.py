"""What `max_connections` is by default, family by family: the figures that AWS publishes, and the least of them where
it publishes none. Data and arithmetic; knows no CDK, and no settings."""
