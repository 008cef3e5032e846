-- What was sent: a row for each type of each purchase, from the moment before its request leaves. It outlives the entry, so that
-- upstream's usage log can be compared with it. `outcome`: what became of it; null: not known. `upstream_report_id`: its REPORTID in the
-- usage log. `look_at`: when it is to be looked for there next; null: not, or no more. `evidence`: what was seen of it there, as JSON.
CREATE TABLE purchases (
  purchase_id TEXT NOT NULL,
  type TEXT NOT NULL,
  report_id TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  request TEXT NOT NULL,
  client TEXT,
  day TEXT,
  outcome TEXT,
  upstream_report_id TEXT,
  look_at INTEGER,
  evidence TEXT,
  PRIMARY KEY (purchase_id, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchases_by_time ON purchases (sent_at);
CREATE INDEX purchases_sought ON purchases (look_at) WHERE look_at IS NOT NULL;
CREATE UNIQUE INDEX purchases_by_upstream_id ON purchases (upstream_report_id, type) WHERE upstream_report_id IS NOT NULL;
