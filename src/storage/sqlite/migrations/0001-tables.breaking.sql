-- `entries` is the source of truth; `data` holds the fields of the entry's state, as JSON. Times are epoch milliseconds.
-- The journal is append-only: `usage` still counts a purchase from it after the entry has been bought again.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  report_id TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER,
  data TEXT NOT NULL,
  PRIMARY KEY (report_id, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_state ON entries (state, expires_at);

CREATE TABLE bodies (
  report_id TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (report_id, type)
) STRICT;

CREATE TABLE journal (at INTEGER NOT NULL, kind TEXT NOT NULL, report_id TEXT NOT NULL, type TEXT NOT NULL) STRICT;
CREATE INDEX journal_by_time ON journal (at, kind);
CREATE INDEX journal_by_report ON journal (report_id, type);

CREATE TABLE saved (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;

CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta (key, value) VALUES ('since', CAST(round(unixepoch('subsec') * 1000) AS INTEGER));
