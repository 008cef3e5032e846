-- What is uncertain now, in the order in which it became so. The expression is that of the queries in `uncertain.ts`.
CREATE INDEX entries_uncertain ON entries (
  CAST(coalesce(CASE WHEN json_valid(data) THEN json_extract(data, '$.since') END, at) AS INTEGER), report_id, type
) WHERE state = 'UNCERTAIN';

-- The journal of what people decided about uncertain purchases: BOUGHT_AGAIN or CLOSED, by which client, with what note.
-- Beside the table `journal`, whose lines are counted as the purchases that they are about.
CREATE TABLE settlements (
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  report_id TEXT NOT NULL,
  type TEXT NOT NULL,
  client TEXT NOT NULL,
  note TEXT
) STRICT;
