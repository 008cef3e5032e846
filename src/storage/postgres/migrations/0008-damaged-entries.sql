-- Entries that could not be read when they were replaced, as they were.
CREATE TABLE damaged_entries (
  report_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  state text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  data text COLLATE "C" NOT NULL,
  replaced_at bigint NOT NULL,
  PRIMARY KEY (report_id, type, version)
);

-- Keeps these entries, which are about to be replaced, and ends in the journal what was in progress of them.
CREATE FUNCTION set_aside(ids text[], types text[], versions integer[], now bigint) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  WITH kept AS (
    INSERT INTO damaged_entries (report_id, type, version, state, at, data, replaced_at)
      SELECT e.report_id, e.type, e.version, e.state, e.at, e.data, now
      FROM unnest(ids, types, versions) AS d (report_id, type, version)
        JOIN entries e ON e.report_id = d.report_id AND e.type = d.type AND e.version = d.version
      ON CONFLICT DO NOTHING
      RETURNING report_id, type, state
  )
  INSERT INTO journal (at, kind, report_id, type) SELECT now, 'UNCERTAIN', report_id, type FROM kept WHERE state = 'LINKED'
$$;
