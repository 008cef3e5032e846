-- What `usage` counts, summed by minute, hour and day, so that a long period is counted without reading its journal. Kept by
-- triggers, whichever release writes. FAILED and UNCERTAIN are without those that were recovered later; RECOVERED are
-- the reports that were collected after all; SAVED is of `saved_by_minute`.
CREATE TABLE usage_spans (span INTEGER PRIMARY KEY) STRICT;
INSERT INTO usage_spans VALUES (60000), (3600000), (86400000);

CREATE TABLE usage_sums (
  span INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reports INTEGER NOT NULL,
  PRIMARY KEY (span, at, kind)
) STRICT, WITHOUT ROWID;

CREATE VIEW usage_events AS
  WITH ordered AS (
    SELECT kind, at, lag(kind) OVER entry AS earlier, lead(kind) OVER entry AS later
    FROM journal WINDOW entry AS (PARTITION BY report_id, type ORDER BY rowid))
  SELECT kind, at, 1 AS reports FROM ordered
    WHERE kind <> 'RECOVERED' AND NOT (kind IN ('FAILED', 'UNCERTAIN') AND later IS 'RECOVERED')
  UNION ALL SELECT 'RECOVERED', at, 1 FROM ordered WHERE kind = 'COLLECTED' AND earlier IS 'RECOVERED'
  UNION ALL SELECT 'SAVED', at, reports FROM saved_by_minute;

INSERT INTO usage_sums (span, at, kind, reports)
  SELECT span, at - at % span, kind, sum(reports) FROM usage_events, usage_spans GROUP BY 1, 2, 3;

CREATE TRIGGER journal_summed AFTER INSERT ON journal BEGIN
  INSERT INTO usage_sums (span, at, kind, reports)
    SELECT span, new.at - new.at % span, new.kind, 1 FROM usage_spans WHERE new.kind <> 'RECOVERED'
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
      AND rowid < new.rowid ORDER BY rowid DESC LIMIT 1) AS earlier
    WHERE new.kind = 'COLLECTED' AND earlier.kind = 'RECOVERED'
    ON CONFLICT DO UPDATE SET reports = reports + 1;
END;

CREATE TRIGGER saved_summed AFTER INSERT ON saved_by_minute BEGIN
  INSERT INTO usage_sums (span, at, kind, reports)
    SELECT span, new.at - new.at % span, 'SAVED', new.reports FROM usage_spans WHERE true
    ON CONFLICT DO UPDATE SET reports = reports + excluded.reports;
END;

CREATE TRIGGER saved_summed_again AFTER UPDATE OF reports ON saved_by_minute BEGIN
  UPDATE usage_sums SET reports = reports + new.reports - old.reports
    WHERE kind = 'SAVED' AND (span, at) IN (SELECT span, new.at - new.at % span FROM usage_spans);
END;
