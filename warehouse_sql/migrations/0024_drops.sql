-- Each drop is a submission. One whose content counts already is «unchanged»: it has an answer and no rows of its own.
ALTER TABLE intake.submission ADD COLUMN drop_id text;
ALTER TABLE intake.submission ADD COLUMN file_modified_at timestamptz;
ALTER TABLE intake.submission ADD COLUMN same_as text REFERENCES intake.submission (id);
COMMENT ON COLUMN intake.submission.drop_id IS 'The claim by which the drop was taken; null for a file that a person named.';
COMMENT ON COLUMN intake.submission.modified_at IS
'Orders drops: the file''s modification time; of content dropped again, later than what was dropped before it.';
COMMENT ON COLUMN intake.submission.file_modified_at IS 'The file''s modification time where modified_at is later.';
COMMENT ON COLUMN intake.submission.same_as IS 'The submission of the same content that counts, or waits, already.';
ALTER TABLE intake.submission DROP CONSTRAINT submission_state_check;
ALTER TABLE intake.submission ADD CONSTRAINT submission_state_check
CHECK (state IN ('received', 'prepared', 'held', 'accepted', 'rejected', 'unchanged'));
ALTER TABLE intake.submission ADD CONSTRAINT unchanged_is_the_same_as
CHECK ((state = 'unchanged') = (same_as IS NOT NULL));
CREATE INDEX submission_place ON intake.submission (sector, folder, file_name);

CREATE OR REPLACE VIEW quality.newest_drop AS
SELECT DISTINCT ON (s.dataset, s.unit_code, s.period)
    s.id AS submission_id, s.sector, s.dataset, s.unit_code, s.period
FROM intake.submission AS s
WHERE s.verdict IS NOT NULL AND s.period IS NOT NULL AND s.state <> 'unchanged'
ORDER BY
    s.dataset ASC, s.unit_code ASC, s.period ASC,
    s.as_of DESC, s.modified_at DESC, s.file_name COLLATE "C" DESC, s.id DESC;  -- noqa: RF02,RF03

CREATE OR REPLACE VIEW quality.submission_score AS
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
    WHERE s.verdict IS NOT NULL AND s.state <> 'unchanged'
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
