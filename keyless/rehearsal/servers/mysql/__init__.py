"""Real servers of the MySQL family that look like RDS: MariaDB and MySQL, unpacked from Debian's packages.

For the rehearsal and for tests only.
"""
