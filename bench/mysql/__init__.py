"""What a run costs on real MariaDB and MySQL servers, beside one statement for each user and schema: `make bench
ARGS="--family mysql"`. Not deployed."""
