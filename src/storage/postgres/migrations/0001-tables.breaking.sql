-- Times are epoch milliseconds of the process that wrote them, apart from leases, which are by the clock of this database.

-- One row for each living process. What belongs to a process without one is free to be taken over.
CREATE TABLE members (
  id uuid PRIMARY KEY,
  lease_until timestamptz NOT NULL,
  release text NOT NULL,
  -- The newest format of `entries.data` that it reads: a newer one may be written once every member reads it.
  format smallint NOT NULL
);

CREATE TABLE reports (
  id text COLLATE "C" PRIMARY KEY,
  request text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL
);
-- Those whose canonical form may be another one in a later release.
CREATE INDEX reports_unusual ON reports (id) WHERE request ~ '[^ -~]' OR request LIKE '%  %';

-- The source of truth. `data` holds the fields of the state as JSON; `stamp` names the commit that wrote this version, so that
-- whoever has lost its outcome can recognize it; `owner` is the member that drives what is unfinished. No index has the state,
-- not even in its predicate: steps between claim and report then change no index (HOT).
CREATE TABLE entries (
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  state text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  -- When it expires: what was bought, and apart from it what was refused or given up, which is kept for a shorter time.
  bought_until bigint,
  refused_until bigint,
  -- Of what is unfinished: when it was claimed or sent, or when its link was found.
  pending_since bigint,
  owner uuid,
  stamp uuid NOT NULL,
  format smallint NOT NULL,
  data text COLLATE "C" NOT NULL,
  PRIMARY KEY (report_id, type)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX entries_by_owner ON entries (owner, report_id, type) WHERE owner IS NOT NULL;
CREATE INDEX entries_by_expiry ON entries (bought_until) WHERE bought_until IS NOT NULL;
CREATE INDEX entries_refused ON entries (refused_until) WHERE refused_until IS NOT NULL;

-- Raw reports, compressed by zstd: text could not hold a NUL.
CREATE TABLE bodies (
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (report_id, type)
);
ALTER TABLE bodies ALTER COLUMN body SET STORAGE EXTERNAL;

-- Who has a link, whatever has become of it.
CREATE TABLE links (
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  link text COLLATE "C" NOT NULL,
  PRIMARY KEY (report_id, type)
);
CREATE INDEX links_by_link ON links USING hash (link);

-- What is UNCERTAIN now, since when; and what a person has closed, whose response may still come (`open` is false).
CREATE TABLE doubts (
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  since bigint NOT NULL,
  open boolean NOT NULL,
  PRIMARY KEY (report_id, type)
);
CREATE INDEX doubts_by_age ON doubts (since, report_id, type) WHERE open;

-- Append-only: what `usage` counts, and what people decided about doubts.
CREATE TABLE journal (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  client text
);
CREATE INDEX journal_by_kind ON journal (kind, at);
CREATE INDEX journal_by_report ON journal (report_id, type, id);

CREATE TABLE settlements (
  at bigint NOT NULL,
  kind text NOT NULL,
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  client text NOT NULL,
  note text
);

-- Reports served without a purchase, by the minute.
CREATE TABLE saved_by_minute (at bigint PRIMARY KEY, reports bigint NOT NULL);

-- How many reports are charged to a client on a UTC day (YYYY-MM-DD).
CREATE TABLE charges (
  client text COLLATE "C" NOT NULL,
  day text COLLATE "C" NOT NULL,
  reports integer NOT NULL,
  PRIMARY KEY (client, day)
) WITH (fillfactor = 50);

-- Whose reports these are. `adopted`: the latest start took them over from another account.
CREATE TABLE account (
  id integer PRIMARY KEY CHECK (id = 1),
  origin text NOT NULL,
  customer_id text NOT NULL,
  adopted boolean NOT NULL
);

CREATE TABLE meta (key text PRIMARY KEY, value bigint NOT NULL);
INSERT INTO meta VALUES ('since', floor(extract(epoch FROM clock_timestamp()) * 1000));
