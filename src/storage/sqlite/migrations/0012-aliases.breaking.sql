-- Entries may be ALIAS: their id stands for another one, whose entries count for both. A release that does not know of it would buy
-- again what is there under the other id. The expression is that of the query in `aliases.ts`.
CREATE INDEX entries_aliases ON entries (CASE WHEN json_valid(data) THEN json_extract(data, '$.standsFor') END)
  WHERE state = 'ALIAS';
