-- The sample's tables, as numbered migrations of one statement: each runs once, in order, and is never edited afterwards.
-- The schemas foo, bar and ops are not created here: config/access.yaml declares them, and who may do what in them.
-- The migrator can't drop or rename a table, nor replace a view: docs/access-spec.md, On MySQL and MariaDB, says why.

-- migration 1: events
CREATE TABLE foo.event (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    name       VARCHAR(200) NOT NULL CHECK (name <> ''),
    payload    JSON NOT NULL,
    created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
)

-- migration 2: who wrote how many
CREATE TABLE bar.audit (
    id         BIGINT AUTO_INCREMENT PRIMARY KEY,
    written_by VARCHAR(288) NOT NULL,
    events     INT NOT NULL,
    written_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
)
