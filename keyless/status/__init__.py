"""What is deployed, at a glance: databases, their logins and TLS, proxies, environments, in one region or many. Reads
AWS's APIs and no database."""
