-- Entries may be ALIAS: their id stands for another one, whose entries count for both. They are written only once every member
-- reads the form `stands-for`; a release that does not would buy again what is there under the other id.

-- The id that an ALIAS stands for. Of an entry that has become something else it is what it was, and means nothing.
ALTER TABLE entries ADD COLUMN stands_for text COLLATE "C";
CREATE INDEX entries_by_alias ON entries (stands_for) WHERE stands_for IS NOT NULL;

-- What stands for these ids stands for nothing any more.
CREATE FUNCTION end_aliases(ids text[], now bigint) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
  WITH ended AS (
    UPDATE entries e SET state = 'ABSENT', version = e.version + 1, at = now, stamp = gen_random_uuid(), format = 1,
      data = '{"state":"ABSENT","failure":null}', stands_for = NULL
    WHERE e.stands_for = ANY (ids) AND e.state = 'ALIAS'
    RETURNING e.report_id
  )
  -- Both entries of an id stand for another one, or neither does.
  DELETE FROM reports r USING ended WHERE r.id = ended.report_id
$$;

-- As `commit_steps`, of steps that may have the number of an alias (`alias`): they are taken only if its id (`id`) stands for that of
-- their report (`target`) then. It does unless all of them are refused, or none is there to be taken; it cannot if one of its entries
-- is not the one that it was to replace, or if the target stands for another id itself. What stands for it
-- stands for nothing any more. For each of its entries a row has its number, its type and its version; where it
-- cannot, neither it nor its steps have any.
CREATE FUNCTION commit_aliases(aliases json, steps json, bodies bytea[])
RETURNS TABLE (
  ord integer, outcome text, version integer, at bigint, format smallint, data text, used integer, alias integer, type text)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  wanted record;
  side record;
  taken record;
  possible integer[];
  unclaimed integer[];
  standing integer[] := '{}';
BEGIN
  -- Whoever makes an alias of one of these ids, or for one of them, waits: so none becomes both.
  PERFORM pg_advisory_xact_lock(5, l.hash) FROM (
    SELECT DISTINCT hashtext(current_schema() || i.id) AS hash FROM (
      SELECT a.id FROM json_to_recordset(aliases) AS a (id text)
      UNION SELECT a.target FROM json_to_recordset(aliases) AS a (target text)) AS i (id)
    ORDER BY 1) AS l;

  SELECT coalesce(array_agg(a.alias), '{}') INTO possible
    FROM json_to_recordset(aliases) AS a (alias integer, id text, target text, sides json)
    WHERE a.id <> a.target
      AND NOT EXISTS (SELECT FROM entries e WHERE e.report_id = a.target AND e.state = 'ALIAS')
      AND NOT EXISTS (SELECT FROM json_to_recordset(aliases) AS o (target text) WHERE o.target = a.id)
      AND NOT EXISTS (
        SELECT FROM unnest('{PAY,YOE}'::text[]) AS t (type)
          LEFT JOIN entries e ON e.report_id = a.id AND e.type = t.type
          LEFT JOIN json_to_recordset(a.sides) AS s (type text, before integer) ON s.type = t.type
        WHERE NOT coalesce(e.state = 'ALIAS' AND e.stands_for = a.target, false)
          AND NOT coalesce(s.before = coalesce(e.version, 0) OR s.before = 0
            AND e.data = '{"state":"ABSENT","failure":null}'
            AND NOT EXISTS (SELECT FROM reports r WHERE r.id = a.id), false));

  FOR taken IN
    SELECT c.*, (SELECT s.alias FROM json_to_recordset(steps) AS s (ord integer, alias integer) WHERE s.ord = c.ord) AS asked_by
    FROM commit_steps((
      SELECT coalesce(json_agg(s.step), '[]') FROM json_array_elements(steps) AS s (step)
      WHERE s.step ->> 'alias' IS NULL OR (s.step ->> 'alias')::integer = ANY (possible)), bodies) AS c
  LOOP
    IF taken.outcome IN ('won', 'lost') THEN
      standing := standing || taken.asked_by;
    END IF;
    ord := taken.ord;
    outcome := taken.outcome;
    version := taken.version;
    at := taken.at;
    format := taken.format;
    data := taken.data;
    used := taken.used;
    RETURN NEXT;
  END LOOP;

  SELECT array_agg(a.alias) INTO unclaimed
    FROM json_to_recordset(aliases) AS a (alias integer)
    WHERE NOT EXISTS (SELECT FROM json_to_recordset(steps) AS s (alias integer) WHERE s.alias = a.alias);

  ord := NULL;
  outcome := 'alias';
  data := NULL;
  used := NULL;
  FOR wanted IN
    SELECT * FROM json_to_recordset(aliases) AS a (alias integer, id text, request text, target text, sides json)
    WHERE a.alias = ANY (possible) AND (a.alias = ANY (standing) OR a.alias = ANY (unclaimed))
    ORDER BY a.id COLLATE "C"
  LOOP
    alias := wanted.alias;
    PERFORM end_aliases(ARRAY[wanted.id], floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    FOR side IN
      SELECT s.* FROM json_to_recordset(wanted.sides) AS s (
        type text, before integer, at bigint, format smallint, stamp uuid, data text)
      WHERE NOT EXISTS (
        SELECT FROM entries e
        WHERE e.report_id = wanted.id AND e.type = s.type AND e.state = 'ALIAS' AND e.stands_for = wanted.target)
      ORDER BY s.type
    LOOP
      UPDATE entries e SET version = e.version + 1, state = 'ALIAS', at = side.at, bought_until = NULL,
        refused_until = NULL, pending_since = NULL, owner = NULL, stamp = side.stamp, format = side.format,
        data = side.data, stands_for = wanted.target
      WHERE e.report_id = wanted.id AND e.type = side.type
        AND (e.version = side.before OR side.before = 0 AND e.data = '{"state":"ABSENT","failure":null}');
      IF NOT FOUND THEN
        INSERT INTO entries (report_id, type, version, state, at, stamp, format, data, stands_for)
          VALUES (wanted.id, side.type, 1, 'ALIAS', side.at, side.stamp, side.format, side.data, wanted.target)
          ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'The report % has just been changed itself.', wanted.id USING ERRCODE = 'serialization_failure';
        END IF;
      END IF;
      DELETE FROM bodies b WHERE b.report_id = wanted.id AND b.type = side.type;
      DELETE FROM links l WHERE l.report_id = wanted.id AND l.type = side.type;
    END LOOP;
    INSERT INTO reports VALUES (wanted.id, wanted.request, floor(extract(epoch FROM clock_timestamp()) * 1000))
      ON CONFLICT DO NOTHING;
    FOR side IN SELECT * FROM entries e WHERE e.report_id = wanted.id AND e.state = 'ALIAS' ORDER BY e.type LOOP
      type := side.type;
      version := side.version;
      at := side.at;
      format := side.format;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END $$;

-- As before; and with a report that is forgotten ends what stands for it.
CREATE OR REPLACE FUNCTION prune_entries(ids text[], types text[], versions integer[], kept text[], now bigint)
RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(2, hashtext(current_schema())) THEN
    RETURN false;
  END IF;
  -- Whoever claims one of them has done so, or waits.
  PERFORM FROM entries e WHERE e.report_id = ANY (ids) ORDER BY e.report_id, e.type FOR UPDATE;
  WITH old AS (
    UPDATE entries e SET state = 'ABSENT', version = e.version + 1, at = now, bought_until = NULL, refused_until = NULL,
      stamp = gen_random_uuid(), format = 1, data = '{"state":"ABSENT","failure":null}'
    FROM unnest(ids, types, versions) AS o (report_id, type, version)
    WHERE e.report_id = o.report_id AND e.type = o.type AND e.version = o.version
    RETURNING e.report_id, e.type
  ), without_bodies AS (
    DELETE FROM bodies b USING old WHERE b.report_id = old.report_id AND b.type = old.type
  ), without_links AS (
    DELETE FROM links l USING old WHERE l.report_id = old.report_id AND l.type = old.type
  )
  DELETE FROM doubts d USING old WHERE d.report_id = old.report_id AND d.type = old.type;
  WITH forgotten AS (
    DELETE FROM reports r WHERE r.id = ANY (ids) AND r.id <> ALL (kept) AND NOT EXISTS (
      SELECT FROM entries e
      WHERE e.report_id = r.id AND (e.state <> 'ABSENT' OR e.data <> '{"state":"ABSENT","failure":null}'))
    RETURNING r.id
  )
  SELECT array_agg(f.id) INTO ids FROM forgotten f;
  PERFORM end_aliases(ids, now);
  RETURN true;
END $$;
