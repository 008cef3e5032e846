-- Answers are kept only for as long as an entry of theirs is. What is pruned leaves an ABSENT entry without a failure; one
-- that was given up has its failure, and is pruned by its age.
CREATE INDEX entries_given_up ON entries (at)
  WHERE state = 'ABSENT' AND data <> '{"state":"ABSENT","failure":null}';

DELETE FROM reports WHERE
  request NOT GLOB '*[^ -~]*' AND request NOT LIKE '%  %' AND
  EXISTS (SELECT 1 FROM entries WHERE report_id = id) AND NOT EXISTS (
    SELECT 1 FROM entries WHERE report_id = id AND (state <> 'ABSENT' OR data <> '{"state":"ABSENT","failure":null}'));
