-- What may be pruned: see `Ledger.prune`. At most `most` at a time.
CREATE FUNCTION prunable(bought_before bigint, refused_before bigint, most integer)
RETURNS TABLE (report_id text, type text, version integer)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  (SELECT report_id, type, version FROM entries WHERE bought_until <= bought_before ORDER BY bought_until LIMIT most)
  UNION ALL
  (SELECT report_id, type, version FROM entries WHERE refused_until <= refused_before ORDER BY refused_until LIMIT most)
  LIMIT most
$$;

-- Makes these entries ABSENT, as far as they still have these versions, and forgets their reports, apart from those to be
-- kept, that are left without another entry. One call at a time: false if another one is under way.
CREATE FUNCTION prune_entries(ids text[], types text[], versions integer[], kept text[], now bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
  DELETE FROM reports r WHERE r.id = ANY (ids) AND r.id <> ALL (kept) AND NOT EXISTS (
    SELECT FROM entries e
    WHERE e.report_id = r.id AND (e.state <> 'ABSENT' OR e.data <> '{"state":"ABSENT","failure":null}'));
  RETURN true;
END $$;
