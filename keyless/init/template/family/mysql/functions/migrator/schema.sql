-- Your tables, as numbered migrations of one statement: each runs once, in order, and is never edited afterwards.
-- Schemas are not created here: config/access.yaml declares them, and who may do what in them.
-- The migrator can't drop or rename a table, nor replace a view: docs/access-spec.md, On MySQL and MariaDB, says why.

-- migration 1: the first table
CREATE TABLE `@@{schema}`.`@@{table}` (
    id         CHAR(26) PRIMARY KEY,
    body       JSON NOT NULL,
    created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
)
