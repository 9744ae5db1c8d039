"""EC2 instances in the network."""
