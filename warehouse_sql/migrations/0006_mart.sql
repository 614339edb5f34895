-- Numbers: provisional ones, and frozen editions.
CREATE SCHEMA mart;

CREATE TABLE mart.indicator_value (
    period text NOT NULL,
    indicator text NOT NULL,
    unit_code text NOT NULL,
    unit_level text NOT NULL,
    numerator numeric,
    denominator numeric,
    value double precision,
    target numeric,
    met boolean,
    complete boolean NOT NULL,
    missing text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (period, indicator, unit_code)
);
COMMENT ON TABLE mart.indicator_value IS 'Provisional figures, measured anew whenever a sector''s data change.';

CREATE TABLE mart.measured (
    period text PRIMARY KEY,
    basis text NOT NULL
);
COMMENT ON TABLE mart.measured IS 'What the provisional figures of a period rest on: a hash of submissions and definitions.';

CREATE TABLE mart.edition (
    period text NOT NULL,
    number integer NOT NULL,
    fingerprint text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    as_of timestamptz NOT NULL,
    code_version text NOT NULL,
    PRIMARY KEY (period, number)
);
COMMENT ON COLUMN mart.edition.as_of IS 'Setting giamngheo.as_of to this moment gives the edition''s numbers again.';

CREATE TABLE mart.edition_submission (
    period text NOT NULL,
    number integer NOT NULL,
    submission_id text NOT NULL REFERENCES intake.submission (id),
    PRIMARY KEY (period, number, submission_id),
    FOREIGN KEY (period, number) REFERENCES mart.edition (period, number)
);

CREATE TABLE mart.edition_value (
    number integer NOT NULL,
    LIKE mart.indicator_value,
    PRIMARY KEY (period, number, indicator, unit_code),
    FOREIGN KEY (period, number) REFERENCES mart.edition (period, number)
);
