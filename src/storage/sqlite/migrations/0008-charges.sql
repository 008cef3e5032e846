-- How many reports are charged to a client on a UTC day (YYYY-MM-DD).
CREATE TABLE charges (
  client TEXT NOT NULL,
  day TEXT NOT NULL,
  reports INTEGER NOT NULL,
  PRIMARY KEY (client, day)
) STRICT, WITHOUT ROWID;

-- The client whose purchase it was; null: not known.
ALTER TABLE journal ADD COLUMN client TEXT;
