"""Subnets, network ACLs and security groups: nothing passes but what is opened, path by path."""
