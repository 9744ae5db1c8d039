"""A load balancer in front of servers or a service."""
