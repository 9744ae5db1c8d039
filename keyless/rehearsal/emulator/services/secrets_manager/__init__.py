"""What AWS Secrets Manager does and ministack leaves out. Runs in its process."""
