-- What the checks found, by submission.
CREATE SCHEMA quality;

CREATE TABLE quality.check_run (
    submission_id text PRIMARY KEY REFERENCES intake.submission (id),
    suite text NOT NULL,
    success boolean NOT NULL,
    evaluated integer NOT NULL,
    unsuccessful integer NOT NULL,
    result jsonb NOT NULL
);

CREATE TABLE quality.finding (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    number integer NOT NULL,
    rule text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
    sheet text,
    row integer,
    column_name text,
    header text,
    value text,
    message text NOT NULL,
    suggestion text NOT NULL,
    PRIMARY KEY (submission_id, number)
);
COMMENT ON COLUMN quality.finding.row IS 'Physical row of the sheet, as Excel counts.';
COMMENT ON COLUMN quality.finding.value IS 'pii: what stood in the cell';
COMMENT ON COLUMN quality.finding.message IS 'pii: what the sender is told, in Vietnamese; may name the value';
CREATE INDEX finding_rule ON quality.finding (rule);
