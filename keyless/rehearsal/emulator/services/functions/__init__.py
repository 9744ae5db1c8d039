"""What AWS Lambda does and ministack leaves out. Runs in its process."""
