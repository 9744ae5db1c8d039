"""What a maker of objects can make: what runs something with its owner's rights, and why; and what is inert."""

EXECUTES = "RETURNS int LANGUAGE plpgsql {} AS $$BEGIN EXECUTE what; RETURN 1; END$$"
TRIGGER = "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"

ACTING = {
    "a definer function": (
        ["CREATE FUNCTION foo.mine(what text) " + EXECUTES.format("SECURITY DEFINER")],
        "is SECURITY",
    ),
    "a definer procedure": (
        ["CREATE PROCEDURE foo.mine(what text) LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN EXECUTE what; END$$"],
        "is SECURITY DEFINER",
    ),
    "a view": (["CREATE VIEW foo.mine AS SELECT 1 AS one"], "reads and writes with its owner's rights"),
    "a view that says it isn't an invoker's": (
        ["CREATE VIEW foo.mine WITH (security_invoker = off, security_barrier) AS SELECT 1 AS one"],
        "reads and writes with its owner's rights",
    ),
    "an invoker's view with a trigger": (
        [
            "CREATE VIEW foo.mine WITH (security_invoker) AS SELECT 1 AS one",
            f"CREATE FUNCTION foo.trap() {TRIGGER}",
            "CREATE TRIGGER t INSTEAD OF INSERT ON foo.mine FOR EACH ROW EXECUTE FUNCTION foo.trap()",
        ],
        "has triggers",
    ),
    "a materialized view": (
        ["CREATE MATERIALIZED VIEW foo.mine AS SELECT 1 AS one"],
        "is filled with its owner's rights",
    ),
    "a table with a trigger": (
        [
            "CREATE TABLE foo.mine (id int)",
            f"CREATE FUNCTION foo.trap() {TRIGGER}",
            "CREATE TRIGGER t BEFORE INSERT ON foo.mine FOR EACH ROW EXECUTE FUNCTION foo.trap()",
        ],
        "has triggers",
    ),
    "a table with a rule": (
        ["CREATE TABLE foo.mine (id int)", "CREATE RULE r AS ON INSERT TO foo.mine DO ALSO DELETE FROM foo.mine"],
        "has rules",
    ),
    "a table with an index of expressions": (
        [
            "CREATE TABLE foo.mine (id int)",
            "CREATE FUNCTION foo.trap(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
            "CREATE INDEX ON foo.mine (foo.trap(id))",
        ],
        "has an index with expressions",
    ),
    "a table with a partial index": (
        ["CREATE TABLE foo.mine (id int)", "CREATE INDEX ON foo.mine (id) WHERE id > 0"],
        "has an index with expressions",
    ),
    "a table with statistics of expressions": (
        ["CREATE TABLE foo.mine (id int)", "CREATE STATISTICS foo.s ON (id + 1) FROM foo.mine"],
        "has statistics of expressions",
    ),
    "a table partitioned by an expression": (
        ["CREATE TABLE foo.mine (id int) PARTITION BY HASH ((id + 1))"],
        "has a partition key with expressions",
    ),
    "a table of a range type with a function of its own": (
        [
            "CREATE FUNCTION foo.trap(float8, float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT 1.0::float8'",
            "CREATE TYPE foo.span AS RANGE (subtype = float8, subtype_diff = foo.trap)",
            "CREATE TABLE foo.mine (s foo.span)",
        ],
        "has columns of user-defined types",
    ),
    "a table with a foreign key and a check": (
        [
            "CREATE TABLE foo.head (id int PRIMARY KEY)",
            "CREATE TABLE foo.mine (id int REFERENCES foo.head ON UPDATE CASCADE CHECK (id > 0))",
        ],
        "has a foreign key beside expressions",
    ),
    "a table with a foreign key that sets defaults": (
        [
            "CREATE TABLE foo.head (id int PRIMARY KEY)",
            "CREATE TABLE foo.mine (id int DEFAULT 0 REFERENCES foo.head ON DELETE SET DEFAULT)",
        ],
        "has a foreign key beside expressions",
    ),
    "a table of an enum with a foreign key": (
        [
            "CREATE TYPE foo.mood AS ENUM ('a')",
            "CREATE TABLE foo.head (id foo.mood PRIMARY KEY)",
            "CREATE TABLE foo.mine (m foo.mood REFERENCES foo.head)",
        ],
        "has columns of user-defined types",
    ),
    "a partition of a table elsewhere": (
        [
            "CREATE SCHEMA mk",
            "CREATE TABLE mk.whole (id int) PARTITION BY HASH (id)",
            "CREATE TABLE foo.mine PARTITION OF mk.whole FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        ],
        "is a parent, child or partition",
    ),
    "a table with a partition elsewhere": (
        [
            "CREATE SCHEMA mk",
            "CREATE TABLE foo.mine (id int) PARTITION BY LIST (id)",
            "CREATE TABLE mk.part PARTITION OF foo.mine DEFAULT",
        ],
        "is a parent, child or partition",
    ),
    "a child of a table elsewhere": (
        ["CREATE SCHEMA mk", "CREATE TABLE mk.parent (id int)", "CREATE TABLE foo.mine () INHERITS (mk.parent)"],
        "is a parent, child or partition",
    ),
    "a partition beside one with a trigger": (
        [
            "CREATE TABLE foo.whole (id int) PARTITION BY LIST (id)",
            "CREATE TABLE foo.mine PARTITION OF foo.whole DEFAULT",
            "CREATE TABLE foo.other PARTITION OF foo.whole FOR VALUES IN (1)",
            f"CREATE FUNCTION foo.trap() {TRIGGER}",
            "CREATE TRIGGER t BEFORE INSERT ON foo.other FOR EACH ROW EXECUTE FUNCTION foo.trap()",
        ],
        "is a parent, child or partition",
    ),
    "a table with a foreign key to one elsewhere": (
        [
            "CREATE SCHEMA mk",
            "CREATE TABLE mk.head (id int PRIMARY KEY)",
            "CREATE TABLE foo.mine (id int REFERENCES mk.head)",
        ],
        "is tied by a foreign key",
    ),
    "a table with a foreign key from one elsewhere": (
        [
            "CREATE SCHEMA mk",
            "CREATE TABLE foo.mine (id int PRIMARY KEY)",
            "CREATE TABLE mk.tail (id int REFERENCES foo.mine)",
        ],
        "is tied by a foreign key",
    ),
    "a table two foreign keys away from one elsewhere": (
        [
            "CREATE SCHEMA mk",
            "CREATE TABLE mk.head (id int PRIMARY KEY)",
            "CREATE TABLE foo.head (id int PRIMARY KEY REFERENCES mk.head)",
            "CREATE TABLE foo.mine (id int REFERENCES foo.head)",
        ],
        "is tied by a foreign key",
    ),
    "a serial's sequence of such a table": (
        ["CREATE TABLE foo.mine (id serial)", "CREATE INDEX ON foo.mine ((id + 1))"],
        "belongs to a column of a table that has an index with expressions",
    ),
}
INERT = {
    "a function": ["CREATE FUNCTION foo.mine(what text) " + EXECUTES.format("")],
    "a table": ["CREATE TABLE foo.mine (id serial PRIMARY KEY, name varchar(10) DEFAULT 'x' CHECK (name <> ''))"],
    "a table of an enum": ["CREATE TYPE foo.mood AS ENUM ('a')", "CREATE TABLE foo.mine (m foo.mood)"],
    "a table with a foreign key": [
        "CREATE TABLE foo.head (id int PRIMARY KEY)",
        "CREATE TABLE foo.mine (id int REFERENCES foo.head ON UPDATE CASCADE, n int GENERATED ALWAYS AS IDENTITY)",
    ],
    "a partitioned table": ["CREATE TABLE foo.mine (id int) PARTITION BY HASH (id)"],
    "a partition of a table that goes with it": [
        "CREATE TABLE foo.whole (id int) PARTITION BY HASH (id)",
        "CREATE TABLE foo.mine PARTITION OF foo.whole FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
    ],
    "a table that refers to itself": ["CREATE TABLE foo.mine (id int PRIMARY KEY, up int REFERENCES foo.mine)"],
    "a sequence": ["CREATE SEQUENCE foo.mine"],
    "an invoker's view": ["CREATE VIEW foo.mine WITH (security_invoker) AS SELECT 1 AS one"],
    "a domain": ["CREATE DOMAIN foo.mine AS int CHECK (VALUE > 0)"],
}
