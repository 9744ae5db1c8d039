"""The local cloud: ministack with IAM enforced, and everything that it is taught. `types` has its resource types."""
