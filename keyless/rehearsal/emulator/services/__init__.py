"""What services of AWS do and ministack leaves out. Run in its process."""
