"""What would pin a session at RDS Proxy, by AWS's list. The stand-in pools nothing, so nothing is pinned here.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-pinning.html: "Conditions that cause pinning for
Aurora PostgreSQL", and "Any statement with a text size greater than 16 KB". How RDS Proxy finds them is its own; here
PostgreSQL's parser does.
"""
