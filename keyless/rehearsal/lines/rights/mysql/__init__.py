"""Who can do what on MySQL and MariaDB, by doing it in each user's sessions."""
