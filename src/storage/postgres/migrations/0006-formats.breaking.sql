-- The forms in which this ledger is written: see `storage/shared/formats.ts`. What a process reads is in `members.format`, the
-- number of the newest form. Releases that do not know this table would join a ledger that they cannot read.
CREATE TABLE formats (
  number smallint PRIMARY KEY,
  name text NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- From now on the ledger may be written in those of `names`, in the order of their numbers, that every member reads. Returns the
-- newest of the ledger.
CREATE FUNCTION admit_formats(names text[]) RETURNS smallint LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- Nobody joins meanwhile.
  PERFORM pg_advisory_xact_lock(4, hashtext(current_schema()));
  INSERT INTO formats (number, name)
    SELECT n.number, n.name FROM unnest(names) WITH ORDINALITY AS n (name, number)
    WHERE n.number <= coalesce((SELECT min(m.format) FROM members m), cardinality(names))
    ON CONFLICT DO NOTHING;
  RETURN (SELECT max(f.number) FROM formats f);
END $$;

-- Makes `me`, which reads the forms of `names`, a member, unless an embedded ledger is being moved into this one, or this one has
-- another form (`number`, `name`). If it is a member, `number` is the newest form in which it may write.
CREATE FUNCTION join_members(me uuid, lease_ms double precision, release text, names text[])
RETURNS TABLE (outcome text, number smallint, name text)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- Whoever begins a move locks the table, and then this lock as well.
  LOCK TABLE members IN ROW EXCLUSIVE MODE;
  PERFORM pg_advisory_xact_lock(4, hashtext(current_schema()));
  IF EXISTS (SELECT FROM moves WHERE finished_at IS NULL) THEN
    outcome := 'moving';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT 'unknown', f.number, f.name INTO outcome, number, name
    FROM formats f WHERE f.name IS DISTINCT FROM names[f.number] ORDER BY f.number LIMIT 1;
  IF NOT FOUND THEN
    INSERT INTO members AS m VALUES
      (me, clock_timestamp() + lease_ms * interval '1 ms', release, cardinality(names))
      ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until;
    outcome := 'joined';
    number := admit_formats(names);
    name := names[number];
  END IF;
  RETURN NEXT;
END $$;
