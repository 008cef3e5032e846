-- What `usage` counts, summed by minute, hour and day, so that a long period is counted without reading its journal. FAILED and
-- UNCERTAIN are without those that were recovered later; RECOVERED are the reports that were collected after all; SAVED is of
-- `saved_by_minute`. What a commit counts is one row of `usage_deltas`, which nobody else waits for, and is added to the sums soon.
CREATE TABLE usage_sums (
  span bigint NOT NULL,
  at bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  reports bigint NOT NULL,
  PRIMARY KEY (span, at, kind)
);

-- By the minute.
CREATE TABLE usage_deltas (at bigint NOT NULL, kind text COLLATE "C" NOT NULL, reports bigint NOT NULL);

-- What the lines of the journal from `since` to `until` count, both inclusive.
CREATE FUNCTION usage_lines(since bigint, until bigint) RETURNS TABLE (at bigint, kind text)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT line.at, line.kind FROM journal line
    WHERE line.kind IN ('SUBMITTED', 'COLLECTED', 'BILLABLE') AND line.at BETWEEN since AND until
  UNION ALL
  -- One whose next line is RECOVERED is none any more, whenever that was.
  SELECT line.at, line.kind FROM journal line
    WHERE line.kind IN ('FAILED', 'UNCERTAIN') AND line.at BETWEEN since AND until AND 'RECOVERED' IS DISTINCT FROM (
      SELECT later.kind FROM journal later
      WHERE later.report_id = line.report_id AND later.type = line.type AND later.id > line.id ORDER BY later.id LIMIT 1)
  UNION ALL
  SELECT line.at, 'RECOVERED' FROM journal line
    WHERE line.kind = 'COLLECTED' AND line.at BETWEEN since AND until AND 'RECOVERED' = (
      SELECT earlier.kind FROM journal earlier
      WHERE earlier.report_id = line.report_id AND earlier.type = line.type AND earlier.id < line.id
      ORDER BY earlier.id DESC LIMIT 1)
$$;

-- Adds what was counted since to the sums, at most so many rows, and returns how many. 0 if another call does.
CREATE FUNCTION add_usage_deltas(most integer) RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  added integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(6, hashtext(current_schema())) THEN
    RETURN 0;
  END IF;
  WITH taken AS (
    DELETE FROM usage_deltas d WHERE d.ctid = ANY (ARRAY(SELECT ctid FROM usage_deltas LIMIT most))
    RETURNING d.at, d.kind, d.reports
  ), stored AS (
    INSERT INTO usage_sums AS s (span, at, kind, reports)
      SELECT span, t.at - t.at % span, t.kind, sum(t.reports)
      FROM taken t, unnest(ARRAY[60000, 3600000, 86400000]::bigint[]) AS span GROUP BY 1, 2, 3
      ON CONFLICT (span, at, kind) DO UPDATE SET reports = s.reports + excluded.reports
  )
  SELECT count(*) INTO added FROM taken;
  RETURN added;
END $$;

CREATE FUNCTION count_journal() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  earlier journal;
BEGIN
  IF new.kind <> 'RECOVERED' THEN
    INSERT INTO usage_deltas VALUES (new.at - new.at % 60000, new.kind, 1);
  END IF;
  IF new.kind IN ('RECOVERED', 'COLLECTED') THEN
    SELECT * INTO earlier FROM journal j WHERE j.report_id = new.report_id AND j.type = new.type AND j.id < new.id
      ORDER BY j.id DESC LIMIT 1;
    IF new.kind = 'RECOVERED' AND earlier.kind IN ('FAILED', 'UNCERTAIN') THEN
      INSERT INTO usage_deltas VALUES (earlier.at - earlier.at % 60000, earlier.kind, -1);
    ELSIF new.kind = 'COLLECTED' AND earlier.kind = 'RECOVERED' THEN
      INSERT INTO usage_deltas VALUES (new.at - new.at % 60000, 'RECOVERED', 1);
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION count_saved() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO usage_deltas VALUES (new.at - new.at % 60000, 'SAVED', new.reports - coalesce(old.reports, 0));
  RETURN NULL;
END $$;

-- What others are writing is counted here, or by the triggers.
LOCK TABLE journal, saved_by_minute IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER journal_counted AFTER INSERT ON journal FOR EACH ROW EXECUTE FUNCTION count_journal();
CREATE TRIGGER saved_counted AFTER INSERT OR UPDATE ON saved_by_minute FOR EACH ROW EXECUTE FUNCTION count_saved();
INSERT INTO usage_deltas
  SELECT at - at % 60000, kind, count(*) FROM usage_lines(0, 9007199254740991) GROUP BY 1, 2
  UNION ALL SELECT at - at % 60000, 'SAVED', reports FROM saved_by_minute;
