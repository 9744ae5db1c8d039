-- The sample's tables, as numbered migrations: each runs once, in order, and is never edited afterwards.
-- The schemas foo, bar and ops are not created here: config/access.yaml declares them, and who may do what in them.

-- migration 1: events
CREATE TABLE foo.event (
    id         bigserial PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- migration 2: who wrote how many
CREATE TABLE bar.audit (
    id         bigserial PRIMARY KEY,
    written_by name NOT NULL DEFAULT session_user,
    events     integer NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
);
