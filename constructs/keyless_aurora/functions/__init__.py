"""Python functions inside the network: their code, their platform, the client layer, and ways out."""
