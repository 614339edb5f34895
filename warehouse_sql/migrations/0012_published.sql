-- What is published: small cells suppressed.
ALTER TABLE mart.indicator_value ADD COLUMN suppressed boolean NOT NULL DEFAULT FALSE;
ALTER TABLE mart.edition_value ADD COLUMN suppressed boolean NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN mart.edition_value.suppressed IS
'Not to be published: fewer than five people stand behind the figure, or it would give such a one away.';
COMMENT ON COLUMN mart.indicator_value.suppressed IS
'Not to be published: fewer than five people stand behind the figure, or it would give such a one away.';

CREATE VIEW mart.published AS
SELECT
    period, number, indicator, unit_code, unit_level,
    CASE WHEN NOT suppressed THEN numerator END AS numerator,
    CASE WHEN NOT suppressed THEN denominator END AS denominator,
    CASE WHEN NOT suppressed THEN value END AS value,
    target,
    CASE WHEN NOT suppressed THEN met END AS met,
    complete, missing, suppressed
FROM mart.edition_value;
COMMENT ON VIEW mart.published IS 'The editions as they may be handed on: without the figures of small cells.';
