"""Who can be given access: a function, a service, servers, or a role that exists; what a grant needs of each."""
