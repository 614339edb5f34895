-- Check results as rows, waived findings, quality scores.
ALTER TABLE quality.finding ADD COLUMN waived text;
ALTER TABLE quality.finding ADD COLUMN waiver text;
ALTER TABLE quality.finding ADD CONSTRAINT waived_has_reason CHECK (waived IS NULL OR waiver IS NOT NULL);
COMMENT ON COLUMN quality.finding.waived IS 'The waiver (id in reviewed/waivers.yml) under which the finding lies.';
COMMENT ON COLUMN quality.finding.waiver IS 'pii: why, by whom and until when, in Vietnamese.';

-- Loaded from etl/reference/rules.yml by «giamngheo init».
CREATE TABLE ref.rule (
    id text PRIMARY KEY,
    severity text NOT NULL,
    effect text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('file', 'row')),
    waivable boolean NOT NULL,
    vi text NOT NULL,
    en text NOT NULL
);
COMMENT ON COLUMN ref.rule.scope IS 'Whether a finding is of a data row, or of the file, its header, its totals.';

CREATE TABLE quality.check_result (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    suite text NOT NULL,
    expectation_id text NOT NULL,
    rule text NOT NULL,
    column_name text NOT NULL,
    stage text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
    evaluated integer NOT NULL,
    failed integer NOT NULL CHECK (failed BETWEEN 0 AND evaluated),
    PRIMARY KEY (submission_id, expectation_id)
);
COMMENT ON TABLE quality.check_result IS 'What each expectation said of a submission''s rows, those that passed counted.';
CREATE INDEX check_result_rule ON quality.check_result (rule);

-- Of each dataset, unit and period the newest drop: what the sector has to answer for now.
CREATE VIEW quality.newest_drop AS
SELECT DISTINCT ON (s.dataset, s.unit_code, s.period)
    s.id AS submission_id, s.sector, s.dataset, s.unit_code, s.period
FROM intake.submission AS s
WHERE s.verdict IS NOT NULL AND s.period IS NOT NULL
ORDER BY
    s.dataset ASC, s.unit_code ASC, s.period ASC,
    s.as_of DESC, s.modified_at DESC, s.file_name COLLATE "C" DESC, s.id DESC;  -- noqa: RF02,RF03

CREATE VIEW quality.rule_failures AS
SELECT
    f.rule,
    s.dataset,
    s.unit_code,
    f.column_name,
    count(d.submission_id) AS findings_now,
    count(d.submission_id) FILTER (WHERE f.waived IS NOT NULL) AS waived_now,
    count(*) AS findings_ever,
    count(DISTINCT s.id) AS submissions,
    min(s.period) AS since_period,
    min(s.received_at) AS since,
    max(s.received_at) AS until
FROM quality.finding AS f
INNER JOIN intake.submission AS s ON f.submission_id = s.id
LEFT JOIN quality.newest_drop AS d ON f.submission_id = d.submission_id
GROUP BY f.rule, s.dataset, s.unit_code, f.column_name;
COMMENT ON VIEW quality.rule_failures IS
'Which rule fails most, where, since when; «now» counts the newest drop of each dataset, unit and period.';

-- Asked one submission at a time, so that a question about one looks at its findings alone. Findings between sectors do
-- not say whose fault they are and count in nobody's quality.
CREATE VIEW quality.submission_score AS
WITH counted AS (
    SELECT
        s.id AS submission_id,
        s.rows_accepted + s.rows_rejected AS data_rows,
        (
            SELECT count(DISTINCT concat_ws('|', f.sheet, f.row))
            FROM quality.finding AS f
            INNER JOIN ref.rule AS r ON f.rule = r.id
            WHERE
                f.submission_id = s.id AND f.waived IS NULL AND f.severity IN ('critical', 'warning')
                AND f.row IS NOT NULL AND r.scope = 'row' AND NOT starts_with(f.rule, 'cross_')
        ) AS doubted,
        (
            SELECT count(*) FROM quality.finding AS f
            INNER JOIN ref.rule AS r ON f.rule = r.id
            WHERE f.submission_id = s.id AND f.severity = 'critical' AND r.effect = 'file'
        ) AS refused
    FROM intake.submission AS s
    WHERE s.verdict IS NOT NULL
),

weighed AS (
    SELECT
        c.submission_id,
        c.data_rows,
        CASE WHEN c.refused > 0 THEN c.data_rows ELSE least(c.doubted, c.data_rows) END AS rows_doubted
    FROM counted AS c
)

SELECT
    w.submission_id,
    w.data_rows,
    w.rows_doubted,
    100.0 * (w.data_rows - w.rows_doubted) / nullif(w.data_rows, 0) AS quality
FROM weighed AS w;
COMMENT ON VIEW quality.submission_score IS
'Quality: of 100 data rows (accepted and rejected) those without any unwaived critical or warning finding.';

CREATE VIEW quality.score AS
SELECT
    d.period,
    d.sector,
    d.unit_code,
    sum(c.data_rows) AS data_rows,
    sum(c.rows_doubted) AS rows_doubted,
    100.0 * (sum(c.data_rows) - sum(c.rows_doubted)) / nullif(sum(c.data_rows), 0) AS quality
FROM quality.newest_drop AS d
INNER JOIN quality.submission_score AS c ON d.submission_id = c.submission_id
GROUP BY GROUPING SETS ((d.period, d.sector, d.unit_code), (d.period, d.sector));
COMMENT ON VIEW quality.score IS 'The quality of a sector (unit_code is null) and of each of its units in a period.';
