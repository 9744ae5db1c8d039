"""CloudFormation resource types that ministack lacks or cuts short, on its own APIs. Run in its process."""
