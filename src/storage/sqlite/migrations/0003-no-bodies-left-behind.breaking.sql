-- Bodies are now deleted with their entry; before, those of reports that were bought again and given up remained.
DELETE FROM bodies WHERE NOT EXISTS (
  SELECT 1 FROM entries
  WHERE entries.report_id = bodies.report_id AND entries.type = bodies.type AND entries.state = 'COLLECTED');
