-- Who has a link, of whatever state. A damaged row has none. The expression is that of the query in `entries.ts`.
CREATE INDEX entries_by_link ON entries (
  CASE WHEN json_valid(data) THEN coalesce(json_extract(data, '$.link'), json_extract(data, '$.followed.link')) END
);
