"""What the AWS account says of a login's path, through a client that can only read."""
