"""What each user can do, found out by doing it, beside what the access spec gives."""
