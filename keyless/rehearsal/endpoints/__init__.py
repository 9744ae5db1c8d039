"""The stand-ins of the database's and the proxy's endpoints: TLS, tokens and the wire protocol."""
