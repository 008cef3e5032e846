-- Which process writes to the ledger. `lock` is the number in the lock file that it holds; null: it has closed the ledger.
-- A process that finds another lock file asks with `question` whether the owner lives, which answers with the same number.
CREATE TABLE owner (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  lock INTEGER,
  question INTEGER,
  answer INTEGER
) STRICT;
INSERT INTO owner (id, epoch) VALUES (1, 0);

-- Whose reports these are; no row until a server has said so. `adopted`: the latest start took it over from another account.
CREATE TABLE account (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  origin TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  adopted INTEGER NOT NULL
) STRICT;

-- Entries that could not be read when they were replaced, as they were.
CREATE TABLE damaged_entries (
  report_id TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  replaced_at INTEGER NOT NULL
) STRICT;
