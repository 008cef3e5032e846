-- `saved` is no longer used, but stays for a release that is rolled back to: it writes into `saved` and sums both tables.
-- What it writes is moved to the minute at once, so that no count is lost or counted twice, whichever release runs next.
INSERT INTO saved_by_minute (at, reports)
  SELECT at - at % 60000 AS minute, sum(reports) FROM saved WHERE true GROUP BY minute
  ON CONFLICT DO UPDATE SET reports = reports + excluded.reports;
DELETE FROM saved;

CREATE TRIGGER saved_to_minute AFTER INSERT ON saved BEGIN
  INSERT INTO saved_by_minute (at, reports) VALUES (new.at - new.at % 60000, new.reports)
    ON CONFLICT DO UPDATE SET reports = reports + excluded.reports;
  DELETE FROM saved WHERE at = new.at;
END;
