-- What was sent: a row for each type of each purchase, from the moment before its request leaves. It outlives the entry, so that
-- upstream's usage log can be compared with it. `outcome`: what became of it; null: not known, or stored by a release that keeps no
-- such rows. `upstream_report_id`: its REPORTID in the usage log. `look_at`: when it is to be looked for there next; null: not, or no
-- more. `evidence`: what was seen of it there, as JSON. No index has the outcome: what is accepted changes none (HOT).
CREATE TABLE purchases (
  purchase_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  report_id text COLLATE "C" NOT NULL,
  sent_at bigint NOT NULL,
  request text COLLATE "C" NOT NULL,
  client text COLLATE "C",
  day text COLLATE "C",
  outcome text COLLATE "C",
  upstream_report_id text COLLATE "C",
  look_at bigint,
  evidence text COLLATE "C",
  PRIMARY KEY (purchase_id, type)
) WITH (fillfactor = 60);
CREATE INDEX purchases_by_time ON purchases (sent_at);
CREATE INDEX purchases_sought ON purchases (look_at) WHERE look_at IS NOT NULL;
CREATE UNIQUE INDEX purchases_by_upstream_id ON purchases (upstream_report_id, type) WHERE upstream_report_id IS NOT NULL;

-- Keeps what steps say of their purchases, in the same statement that stores them: of those whose numbers (`ord`) are in `won`.
CREATE FUNCTION keep_purchases(changes json, won integer[]) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
  INSERT INTO purchases (purchase_id, type, report_id, sent_at, request, client, day)
    SELECT c.purchase_id, c.type, c.report_id, c.sent_at, c.request, c.client, c.day
    FROM json_to_recordset(changes) AS c (
      ord integer, purchase_id text, type text, report_id text, sent_at bigint, request text, client text, day text)
    WHERE c.sent_at IS NOT NULL AND c.ord = ANY (won)
    ON CONFLICT DO NOTHING;
  UPDATE purchases p SET outcome = c.outcome, look_at = CASE WHEN c.keeps_look THEN p.look_at ELSE c.look_at END
    FROM json_to_recordset(changes) AS c (
      ord integer, purchase_id text, type text, outcome text, look_at bigint, keeps_look boolean)
    WHERE c.outcome IS NOT NULL AND c.ord = ANY (won) AND p.purchase_id = c.purchase_id AND p.type = c.type
$$;

-- Stores these REPORTIDs, apart from those that one of these purchases has already.
CREATE FUNCTION learn_upstream_ids(ids text[], types text[], upstream_ids text[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  learned record;
BEGIN
  FOR learned IN SELECT * FROM unnest(ids, types, upstream_ids) AS l (id, type, upstream_id) LOOP
    UPDATE purchases p SET upstream_report_id = learned.upstream_id
      WHERE p.purchase_id = learned.id AND p.type = learned.type AND p.upstream_report_id IS NULL AND NOT EXISTS (
        SELECT FROM purchases o WHERE o.upstream_report_id = learned.upstream_id AND o.type = learned.type);
  END LOOP;
END $$;

-- Who does what only one of the members does, as long as it is one.
CREATE TABLE duties (name text PRIMARY KEY, member uuid NOT NULL);

-- Whether `me` is the one: it is if nobody else is who still lives.
CREATE FUNCTION take_duty(duty text, me uuid) RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO duties AS d VALUES (duty, me) ON CONFLICT (name) DO UPDATE SET member = excluded.member
    WHERE d.member <> excluded.member
      AND NOT EXISTS (SELECT FROM members m WHERE m.id = d.member AND m.lease_until > clock_timestamp());
  RETURN EXISTS (SELECT FROM duties d WHERE d.name = duty AND d.member = me);
END $$;
