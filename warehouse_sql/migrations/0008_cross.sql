-- Findings between sectors and against past periods; decisions on what a rule holds back.
ALTER TABLE quality.finding
ADD COLUMN origin text NOT NULL DEFAULT 'file' CHECK (origin IN ('file', 'register', 'drift', 'cross')),
ADD COLUMN other_submission_id text REFERENCES intake.submission (id),
ADD COLUMN other_sheet text,
ADD COLUMN other_row integer,
ADD COLUMN difference numeric;
COMMENT ON COLUMN quality.finding.origin IS
'What found it: the file''s own check, the register''s two lists together, past periods, the other sectors.';
COMMENT ON COLUMN quality.finding.other_row IS 'The row of another file that it disagrees with.';
COMMENT ON COLUMN quality.finding.difference IS 'By how much the two sides differ, where both are numbers.';
CREATE INDEX finding_origin ON quality.finding (origin, submission_id);
