-- Stores transitions, each with everything that belongs to it or not at all, and says of each what came of it:
--   won      it is stored, now or by an earlier call that is recognized by its stamp
--   lost     the entry has another version: that of the row
--   stopped  it leads to a purchase, and buying is stopped
--   budget   it is a claim beyond the limit of its charge: `used` reports are charged
-- `bodies` has the body of each step at its number (`ord`), or null. Everybody locks in one order, so that no two calls wait
-- for each other: the switch, then charges, then entries.
CREATE FUNCTION commit_steps(steps json, bodies bytea[])
RETURNS TABLE (ord integer, outcome text, version integer, at bigint, format smallint, data text, used integer)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  step record;
  present entries;
  is_known boolean;
  is_forgotten boolean;
  is_stopped boolean := false;
  charged integer;
BEGIN
  IF EXISTS (SELECT FROM json_to_recordset(steps) AS s (buys boolean) WHERE buys) THEN
    PERFORM pg_advisory_xact_lock_shared(1, hashtext(current_schema()));
    is_stopped := EXISTS (SELECT FROM meta WHERE key = 'buying_stopped');
  END IF;

  INSERT INTO charges AS c (client, day, reports)
    SELECT DISTINCT coalesce(charge_client, refund_client), coalesce(charge_day, refund_day), 0
    FROM json_to_recordset(steps)
      AS s (charge_client text, charge_day text, refund_client text, refund_day text)
    WHERE charge_client IS NOT NULL OR refund_client IS NOT NULL
    ORDER BY 1, 2
    ON CONFLICT (client, day) DO UPDATE SET reports = c.reports;

  FOR step IN
    SELECT * FROM json_to_recordset(steps) AS s (
      ord integer, report_id text, request text, type text, before integer, state text, at bigint, bought_until bigint,
      refused_until bigint, pending_since bigint, owner uuid, stamp uuid, format smallint, data text, link text, doubt_since bigint,
      doubt_open boolean, buys boolean, charge_client text, charge_day text, charge_limit integer, refund_client text,
      refund_day text, journal text[], client text, settlement text, settlement_client text, settlement_note text)
    ORDER BY s.report_id COLLATE "C", s.type COLLATE "C", s.ord
  LOOP
    LOOP
      ord := step.ord;
      SELECT * INTO present FROM entries e WHERE e.report_id = step.report_id AND e.type = step.type FOR UPDATE;
      is_known := FOUND;
      -- Its report was pruned. Versions go on from there: somebody may still hold one of them.
      is_forgotten := is_known AND step.before = 0 AND present.data = '{"state":"ABSENT","failure":null}'
        AND NOT EXISTS (SELECT FROM reports r WHERE r.id = step.report_id);
      version := coalesce(present.version, 0);
      at := present.at;
      format := present.format;
      data := present.data;
      used := NULL;

      IF version <> step.before AND NOT is_forgotten THEN
        outcome := CASE WHEN present.stamp = step.stamp THEN 'won' ELSE 'lost' END;
        EXIT;
      END IF;
      IF step.buys AND is_stopped THEN
        outcome := 'stopped';
        EXIT;
      END IF;
      IF step.charge_limit IS NOT NULL THEN
        SELECT c.reports INTO charged FROM charges c WHERE c.client = step.charge_client AND c.day = step.charge_day;
        IF charged >= step.charge_limit THEN
          outcome := 'budget';
          used := charged;
          EXIT;
        END IF;
      END IF;

      version := version + 1;
      IF is_known THEN
        UPDATE entries e SET version = commit_steps.version, state = step.state, at = step.at,
          bought_until = step.bought_until, refused_until = step.refused_until, pending_since = step.pending_since,
          owner = step.owner, stamp = step.stamp, format = step.format, data = step.data
        WHERE e.report_id = step.report_id AND e.type = step.type;
      ELSE
        INSERT INTO entries
          VALUES (step.report_id, step.type, version, step.state, step.at, step.bought_until, step.refused_until,
            step.pending_since, step.owner, step.stamp, step.format, step.data)
          ON CONFLICT DO NOTHING;
        -- Another process has just claimed it: look at what it stored.
        CONTINUE WHEN NOT FOUND;
      END IF;
      outcome := 'won';

      IF step.charge_client IS NOT NULL THEN
        UPDATE charges c SET reports = c.reports + 1 WHERE c.client = step.charge_client AND c.day = step.charge_day;
      END IF;
      IF step.refund_client IS NOT NULL THEN
        UPDATE charges c SET reports = c.reports - 1
          WHERE c.client = step.refund_client AND c.day = step.refund_day AND c.reports > 0;
      END IF;

      IF bodies[step.ord] IS NOT NULL THEN
        INSERT INTO bodies AS b VALUES (step.report_id, step.type, bodies[step.ord])
          ON CONFLICT (report_id, type) DO UPDATE SET body = excluded.body;
      ELSIF step.state = 'INTENT' THEN
        DELETE FROM bodies b WHERE b.report_id = step.report_id AND b.type = step.type;
        DELETE FROM links l WHERE l.report_id = step.report_id AND l.type = step.type;
      END IF;
      IF step.link IS NOT NULL THEN
        INSERT INTO links AS l VALUES (step.report_id, step.type, step.link)
          ON CONFLICT (report_id, type) DO UPDATE SET link = excluded.link WHERE l.link <> excluded.link;
      END IF;
      IF step.doubt_since IS NOT NULL THEN
        INSERT INTO doubts VALUES (step.report_id, step.type, step.doubt_since, step.doubt_open)
          ON CONFLICT (report_id, type) DO UPDATE SET since = excluded.since, open = excluded.open;
      ELSIF present.state IN ('UNCERTAIN', 'FAILED') THEN
        DELETE FROM doubts d WHERE d.report_id = step.report_id AND d.type = step.type;
      END IF;
      INSERT INTO journal (at, kind, report_id, type, client)
        SELECT step.at, kind, step.report_id, step.type, step.client
        FROM unnest(step.journal) WITH ORDINALITY AS k (kind, number) ORDER BY number;
      IF step.settlement IS NOT NULL THEN
        INSERT INTO settlements VALUES (step.at, step.settlement, step.report_id, step.type, step.settlement_client,
          step.settlement_note);
      END IF;
      EXIT;
    END LOOP;
    -- Also where a step is lost to a pruned entry, whose report has been forgotten: it is read, and claimed again.
    IF outcome = 'won' OR version > 0 THEN
      INSERT INTO reports VALUES (step.report_id, step.request, step.at) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

-- Resolves once no call of `commit_steps` is under way that has not seen it.
CREATE FUNCTION set_buying(enabled boolean) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1, hashtext(current_schema()));
  IF enabled THEN
    DELETE FROM meta WHERE key = 'buying_stopped';
  ELSE
    INSERT INTO meta VALUES ('buying_stopped', floor(extract(epoch FROM clock_timestamp()) * 1000)) ON CONFLICT DO NOTHING;
  END IF;
END $$;
