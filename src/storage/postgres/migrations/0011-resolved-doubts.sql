-- The journal may say RESOLVED: what became of an uncertain purchase is known by now. It takes back the first UNCERTAIN of its report
-- that is still counted, which need not be the latest line. A RECOVERED right after it says that the purchase is in progress again.

-- Of the line's next one, and of the one before it, apart from RESOLVED; null: there is none.
CREATE FUNCTION journal_kind_after(line journal) RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT later.kind FROM journal later
  WHERE later.report_id = line.report_id AND later.type = line.type AND later.id > line.id
  ORDER BY later.id LIMIT 1
$$;
CREATE FUNCTION journal_kind_before(line journal) RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT earlier.kind FROM journal earlier
  WHERE earlier.report_id = line.report_id AND earlier.type = line.type AND earlier.id < line.id AND earlier.kind <> 'RESOLVED'
  ORDER BY earlier.id DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION usage_lines(since bigint, until bigint) RETURNS TABLE (at bigint, kind text)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT line.at, line.kind FROM journal line
    WHERE line.kind IN ('SUBMITTED', 'COLLECTED', 'BILLABLE') AND line.at BETWEEN since AND until
  UNION ALL
  -- One whose next line is RECOVERED is none any more, whenever that was.
  SELECT line.at, line.kind FROM journal line
    WHERE line.kind = 'FAILED' AND line.at BETWEEN since AND until
      AND 'RECOVERED' IS DISTINCT FROM journal_kind_after(line)
  UNION ALL
  -- Nor is, of the others, one of the first as many as are RESOLVED.
  SELECT line.at, line.kind FROM journal line
    WHERE line.kind = 'UNCERTAIN' AND line.at BETWEEN since AND until
      AND 'RECOVERED' IS DISTINCT FROM journal_kind_after(line) AND (
        SELECT count(*) FROM journal resolved
        WHERE resolved.report_id = line.report_id AND resolved.type = line.type AND resolved.kind = 'RESOLVED'
      ) <= (
        SELECT count(*) FROM journal older
        WHERE older.report_id = line.report_id AND older.type = line.type AND older.id < line.id AND older.kind = 'UNCERTAIN'
          AND 'RECOVERED' IS DISTINCT FROM journal_kind_after(older))
  UNION ALL
  SELECT line.at, 'RECOVERED' FROM journal line
    WHERE line.kind = 'COLLECTED' AND line.at BETWEEN since AND until AND journal_kind_before(line) = 'RECOVERED'
$$;

CREATE OR REPLACE FUNCTION count_journal() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  earlier journal;
BEGIN
  IF new.kind = 'RESOLVED' THEN
    INSERT INTO usage_deltas
      SELECT line.at - line.at % 60000, 'UNCERTAIN', -1 FROM journal line
      WHERE line.report_id = new.report_id AND line.type = new.type AND line.id < new.id AND line.kind = 'UNCERTAIN'
        AND 'RECOVERED' IS DISTINCT FROM journal_kind_after(line)
      ORDER BY line.id LIMIT 1 OFFSET (
        SELECT count(*) FROM journal resolved
        WHERE resolved.report_id = new.report_id AND resolved.type = new.type AND resolved.kind = 'RESOLVED'
          AND resolved.id < new.id);
    RETURN NULL;
  END IF;
  IF new.kind <> 'RECOVERED' THEN
    INSERT INTO usage_deltas VALUES (new.at - new.at % 60000, new.kind, 1);
  END IF;
  IF new.kind IN ('RECOVERED', 'COLLECTED') THEN
    SELECT * INTO earlier FROM journal j WHERE j.report_id = new.report_id AND j.type = new.type AND j.id < new.id
      AND (j.kind <> 'RESOLVED' OR new.kind = 'RECOVERED') ORDER BY j.id DESC LIMIT 1;
    IF new.kind = 'RECOVERED' AND earlier.kind IN ('FAILED', 'UNCERTAIN') THEN
      INSERT INTO usage_deltas VALUES (earlier.at - earlier.at % 60000, earlier.kind, -1);
    ELSIF new.kind = 'COLLECTED' AND earlier.kind = 'RECOVERED' THEN
      INSERT INTO usage_deltas VALUES (new.at - new.at % 60000, 'RECOVERED', 1);
    END IF;
  END IF;
  RETURN NULL;
END $$;
