-- The move of an embedded ledger into this schema, by the mark that its file has; no server joins until it is finished.
CREATE TABLE moves (id uuid PRIMARY KEY, finished_at timestamptz);

-- The order of people's decisions, by which a copy of them is checked.
ALTER TABLE settlements ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
