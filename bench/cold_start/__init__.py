"""What a cold start costs: the client beside other ways to log in with a token. `make bench SIZE=cold-start`."""
