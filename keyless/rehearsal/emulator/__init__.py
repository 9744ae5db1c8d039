"""The emulated cloud: ministack with IAM enforced, and what it lacks: resource types, services, IAM decisions."""
