-- The journal may say RESOLVED: what became of an uncertain purchase is known by now. It takes back the first UNCERTAIN of its report
-- that is still counted, which need not be the latest line. A RECOVERED right after it says that the purchase is in progress again.
DROP TRIGGER journal_summed;
DROP VIEW usage_events;

CREATE VIEW usage_events AS
  WITH ordered AS (
    SELECT rowid AS line, report_id, type, kind, at, lead(kind) OVER entry AS later
    FROM journal WINDOW entry AS (PARTITION BY report_id, type ORDER BY rowid)),
  uncertain AS (
    SELECT report_id, type, at, row_number() OVER (PARTITION BY report_id, type ORDER BY line) AS number
    FROM ordered WHERE kind = 'UNCERTAIN' AND later IS NOT 'RECOVERED'),
  others AS (
    SELECT kind, at, lag(kind) OVER (PARTITION BY report_id, type ORDER BY line) AS earlier
    FROM ordered WHERE kind <> 'RESOLVED')
  SELECT kind, at, 1 AS reports FROM ordered
    WHERE kind NOT IN ('RECOVERED', 'UNCERTAIN', 'RESOLVED') AND NOT (kind = 'FAILED' AND later IS 'RECOVERED')
  UNION ALL SELECT 'UNCERTAIN', at, 1 FROM uncertain WHERE number > (
    SELECT count(*) FROM journal AS line
    WHERE line.report_id = uncertain.report_id AND line.type = uncertain.type AND line.kind = 'RESOLVED')
  UNION ALL SELECT 'RECOVERED', at, 1 FROM others WHERE kind = 'COLLECTED' AND earlier IS 'RECOVERED'
  UNION ALL SELECT 'SAVED', at, reports FROM saved_by_minute;

CREATE TRIGGER journal_summed AFTER INSERT ON journal BEGIN
  INSERT INTO usage_sums (span, at, kind, reports)
    SELECT span, new.at - new.at % span, new.kind, 1 FROM usage_spans WHERE new.kind NOT IN ('RECOVERED', 'RESOLVED')
    ON CONFLICT DO UPDATE SET reports = reports + 1;
  INSERT INTO usage_sums (span, at, kind, reports)
    SELECT span, earlier.at - earlier.at % span, earlier.kind, -1
    FROM usage_spans, (SELECT at, kind FROM journal WHERE report_id = new.report_id AND type = new.type
      AND rowid < new.rowid ORDER BY rowid DESC LIMIT 1) AS earlier
    WHERE new.kind = 'RECOVERED' AND earlier.kind IN ('FAILED', 'UNCERTAIN')
    ON CONFLICT DO UPDATE SET reports = reports - 1;
  INSERT INTO usage_sums (span, at, kind, reports)
    SELECT span, new.at - new.at % span, 'RECOVERED', 1
    FROM usage_spans, (SELECT kind FROM journal WHERE report_id = new.report_id AND type = new.type
      AND rowid < new.rowid AND kind <> 'RESOLVED' ORDER BY rowid DESC LIMIT 1) AS earlier
    WHERE new.kind = 'COLLECTED' AND earlier.kind = 'RECOVERED'
    ON CONFLICT DO UPDATE SET reports = reports + 1;
  INSERT INTO usage_sums (span, at, kind, reports)
    SELECT span, uncertain.at - uncertain.at % span, 'UNCERTAIN', -1
    FROM usage_spans, (
      SELECT at FROM journal AS line
      WHERE new.kind = 'RESOLVED' AND report_id = new.report_id AND type = new.type AND kind = 'UNCERTAIN' AND 'RECOVERED' IS NOT (
        SELECT kind FROM journal AS later WHERE later.report_id = line.report_id AND later.type = line.type
          AND later.rowid > line.rowid ORDER BY later.rowid LIMIT 1)
      ORDER BY rowid LIMIT 1 OFFSET (
        SELECT count(*) FROM journal WHERE report_id = new.report_id AND type = new.type AND kind = 'RESOLVED'
          AND rowid < new.rowid)) AS uncertain
    WHERE true
    ON CONFLICT DO UPDATE SET reports = reports - 1;
END;
