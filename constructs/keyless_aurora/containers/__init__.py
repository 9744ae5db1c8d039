"""Services of containers in the network."""
