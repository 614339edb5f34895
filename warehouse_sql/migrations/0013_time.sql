-- What stood at a moment.

-- Counts as they were told when, so that «status --as-of» can tell them again. Of recounts before this migration
-- nothing is known: their last outcome stands for all.
UPDATE intake.event AS e
SET
    detail = e.detail || jsonb_build_object(
        'dataset', s.dataset, 'unit_code', s.unit_code, 'period', s.period, 'rows_read', s.rows_read,
        'rows_accepted', s.rows_accepted, 'rows_rejected', s.rows_rejected
    )
FROM intake.submission AS s
WHERE e.submission_id = s.id AND e.kind = 'prepared';

-- An edition keeps what its report shows, whatever becomes of definitions and counts later.
ALTER TABLE mart.edition ADD COLUMN definitions jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN mart.edition.definitions IS
'What its figures were made by and are called: indicators, queries, targets, reference figures, poverty standard.';

ALTER TABLE mart.edition_submission ADD COLUMN rows_accepted integer;
ALTER TABLE mart.edition_submission ADD COLUMN rows_rejected integer;
ALTER TABLE mart.edition_submission ADD COLUMN district_codes text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN mart.edition_submission.district_codes IS 'The districts for which it counted in this edition.';
UPDATE mart.edition_submission AS e
SET rows_accepted = s.rows_accepted, rows_rejected = s.rows_rejected, district_codes = c.district_codes
FROM intake.submission AS s
INNER JOIN (
    SELECT
        submission_id,
        array_agg(district_code ORDER BY district_code) AS district_codes
    FROM intake.coverage
    GROUP BY submission_id
) AS c ON s.id = c.submission_id
WHERE e.submission_id = s.id;

ALTER TABLE mart.measured ADD COLUMN submissions text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN mart.measured.submissions IS 'The submissions of the period that its provisional figures rest on.';

CREATE TABLE mart.edition_change (
    period text NOT NULL,
    number integer NOT NULL,
    indicator text NOT NULL,
    unit_code text NOT NULL,
    unit_level text NOT NULL,
    numerator_before numeric,
    numerator_after numeric,
    denominator_before numeric,
    denominator_after numeric,
    value_before double precision,
    value_after double precision,
    change double precision,
    suppressed boolean NOT NULL,
    submissions jsonb NOT NULL,
    PRIMARY KEY (period, number, indicator, unit_code),
    FOREIGN KEY (period, number) REFERENCES mart.edition (period, number)
);
COMMENT ON TABLE mart.edition_change IS 'The figures that differ from those of the edition before.';
COMMENT ON COLUMN mart.edition_change.suppressed IS 'One of the two figures is not published.';
COMMENT ON COLUMN mart.edition_change.submissions IS
'What came to count and what counts no more, of the datasets and districts behind the figure: submission_id, file, way.';
