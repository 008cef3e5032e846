-- One row per millisecond is too much to keep for long.
CREATE TABLE saved_by_minute (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;
