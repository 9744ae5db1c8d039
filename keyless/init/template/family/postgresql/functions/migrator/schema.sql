-- Your tables, as numbered migrations: each runs once, in order, and is never edited afterwards.
-- Schemas are not created here: config/access.yaml declares them, and who may do what in them.

-- migration 1: the first table
CREATE TABLE "@@{schema}"."@@{table}" (
    id         text PRIMARY KEY,
    body       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
