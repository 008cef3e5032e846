-- Gives `me` at most `most` entries whose owner is no member any more. Their versions are new, which fences the former owner.
-- Nothing if `me` is no member itself: then it was taken for dead. The owners are found by one index descent each, however many entries they have.
CREATE FUNCTION take_over(me uuid, most integer) RETURNS TABLE (report_id text, type text, version integer, state text)
LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
  WITH RECURSIVE owners AS (
    (SELECT owner FROM entries WHERE owner IS NOT NULL ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT (SELECT e.owner FROM entries e WHERE e.owner > o.owner ORDER BY e.owner LIMIT 1)
    FROM owners o WHERE o.owner IS NOT NULL
  ), gone AS (
    SELECT owner FROM owners o
    WHERE owner IS NOT NULL AND NOT EXISTS (SELECT FROM members m WHERE m.id = o.owner)
      AND EXISTS (SELECT FROM members m WHERE m.id = me)
  ), free AS (
    SELECT e.report_id, e.type FROM entries e WHERE e.owner IN (SELECT owner FROM gone)
    ORDER BY e.report_id, e.type LIMIT most FOR UPDATE SKIP LOCKED
  )
  UPDATE entries e SET owner = me, version = e.version + 1, stamp = gen_random_uuid()
  FROM free WHERE e.report_id = free.report_id AND e.type = free.type
  RETURNING e.report_id, e.type, e.version, e.state
$$;
