-- The ledger: one row a submission, its events, the districts it speaks for.
CREATE SCHEMA intake;

CREATE TABLE intake.submission (
    id text PRIMARY KEY,
    sector text NOT NULL,
    dataset text,
    unit_code text,
    period text CHECK (period ~ '^\d{4}-Q[1-4]$'),
    as_of date,
    file_name text NOT NULL,
    folder text NOT NULL,
    sha256 text NOT NULL,
    attempt integer NOT NULL,
    size_bytes bigint NOT NULL,
    modified_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'prepared', 'accepted', 'rejected')),
    verdict text CHECK (verdict IN ('accepted', 'partly', 'rejected')),
    rows_read integer,
    rows_accepted integer,
    rows_rejected integer,
    rows_ignored integer,
    ignored jsonb NOT NULL DEFAULT '{}',
    layout jsonb NOT NULL DEFAULT '{}',
    accepted_at timestamptz,
    superseded_at timestamptz,
    superseded_by text REFERENCES intake.submission (id),
    findings_version integer NOT NULL DEFAULT 0,
    answered_version integer NOT NULL DEFAULT -1,
    UNIQUE (sector, sha256, attempt),
    CONSTRAINT rows_foot CHECK (rows_read = rows_accepted + rows_rejected + rows_ignored),
    CONSTRAINT accepted_has_heading CHECK (
        accepted_at IS NULL
        OR (dataset IS NOT NULL AND period IS NOT NULL AND unit_code IS NOT NULL AND as_of IS NOT NULL)
    )
);
COMMENT ON TABLE intake.submission IS 'One drop''s journey through the system; its id is the same everywhere.';
COMMENT ON COLUMN intake.submission.as_of IS 'Last day of what the title names: a month, a day, a quarter.';
COMMENT ON COLUMN intake.submission.layout IS 'Sheet, column of the contract, physical column: where an answer marks a cell.';
COMMENT ON COLUMN intake.submission.accepted_at IS 'From this moment on readers see its rows.';
COMMENT ON COLUMN intake.submission.superseded_at IS 'When the last of its districts was taken over by another of the same as_of.';
CREATE INDEX submission_period ON intake.submission (period, dataset);

CREATE TABLE intake.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id text NOT NULL REFERENCES intake.submission (id),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_submission ON intake.event (submission_id, id);

CREATE TABLE intake.coverage (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    dataset text NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    PRIMARY KEY (submission_id, district_code)
);
COMMENT ON TABLE intake.coverage IS 'The districts that an accepted submission speaks for; a province''s file covers all.';
CREATE INDEX coverage_period ON intake.coverage (period, dataset, district_code);
