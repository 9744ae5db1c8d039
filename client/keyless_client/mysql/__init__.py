"""MySQL and MariaDB, of Aurora and RDS: where to log in, as whom, and with what, for every driver.

    from keyless_client.drivers import pymysql

    with pymysql.connect() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO orders.event (name) VALUES (%s)", ["hello"])

MySQL has the token as it is, or the password: nothing but TLS, and who is at its other end, keeps it from others. So
each driver here asks for it when its own connection has verified TLS, and not before.
"""

from keyless_client.errors import ConnectError
from keyless_client.mysql.login import Login

__all__ = ["ConnectError", "Login"]
