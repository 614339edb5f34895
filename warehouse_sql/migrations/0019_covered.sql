-- How much of the population the sources of a figure cover.
ALTER TABLE mart.indicator_value ADD COLUMN covered double precision;
ALTER TABLE mart.edition_value ADD COLUMN covered double precision;
COMMENT ON COLUMN mart.indicator_value.covered IS
'% of the unit''s persons in whose communes no source is missing; null where nobody can say.';
COMMENT ON COLUMN mart.edition_value.covered IS
'% of the unit''s persons in whose communes no source is missing; null where nobody can say.';

CREATE OR REPLACE VIEW mart.published AS
SELECT
    period, number, indicator, unit_code, unit_level,
    CASE WHEN NOT suppressed THEN numerator END AS numerator,
    CASE WHEN NOT suppressed THEN denominator END AS denominator,
    CASE WHEN NOT suppressed THEN value END AS value,
    target,
    CASE WHEN NOT suppressed THEN met END AS met,
    complete, missing, suppressed, covered
FROM mart.edition_value;
