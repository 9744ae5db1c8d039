"""How logins and statements are tried on MySQL and MariaDB, and who refused them."""
