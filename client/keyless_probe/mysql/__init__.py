"""Logins to MySQL and MariaDB, and what they hold there."""
