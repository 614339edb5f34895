-- Deprivations by the poverty standard in force: which there are, how many make a household deprived.
ALTER TABLE history.register_household
ADD COLUMN lacks_employment boolean,
ADD COLUMN lacks_dependants boolean,
ADD COLUMN lacks_nutrition boolean;

CREATE TABLE ref.deprivation (
    standard text NOT NULL REFERENCES ref.poverty_standard (id) DEFERRABLE INITIALLY DEFERRED,
    number integer NOT NULL CHECK (number BETWEEN 1 AND 13),
    register_column text NOT NULL,
    PRIMARY KEY (standard, number)
);
COMMENT ON TABLE ref.deprivation IS 'The deprivations that a poverty standard counts: DEP_<number>, and the column that states it.';

CREATE FUNCTION core.last_day(period text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (make_date(left(period, 4)::int, 3 * right(period, 1)::int, 1) + interval '1 month - 1 day')::date
$$;
COMMENT ON FUNCTION core.last_day IS 'The last day of a quarter: of 2018-Q4, 31/12/2018.';

CREATE VIEW core.deprivation_standard AS
SELECT
    s.id, s.valid_from, s.valid_to,
    (s.body #>> '{deprivation,threshold_count}')::integer AS threshold,
    d.counted, d.counts
FROM ref.poverty_standard AS s
CROSS JOIN
    LATERAL (
        SELECT count(c.number)::integer AS counted, array_agg(c.number IS NOT NULL ORDER BY n.number) AS counts
        FROM generate_series(1, 13) AS n (number)
        LEFT JOIN ref.deprivation AS c ON n.number = c.number AND s.id = c.standard
    ) AS d
WHERE d.counted > 0;
COMMENT ON VIEW core.deprivation_standard IS
'Standards that count deprivations: how many there are, from how many on a household is deprived, and which.';

CREATE OR REPLACE VIEW core.register_household AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.household_code, f.head_name,
    f.head_name_key, f.head_sex, f.head_birth, f.head_birth_year, f.head_id_number, f.ethnicity,
    f.commune, f.village, f.area, f.members, f.b1_score, f.b2_score, f.classification, f.change,
    f.lacks_health_care, f.lacks_insurance, f.lacks_adult_education, f.lacks_child_schooling,
    f.lacks_housing_quality, f.lacks_housing_area, f.lacks_clean_water, f.lacks_toilet,
    f.lacks_telecom, f.lacks_information, f.cause, f.policy_household, f.needs_loan, f.loan_eligible,
    f.lacks_employment, f.lacks_dependants, f.lacks_nutrition
FROM history.register_household AS f
INNER JOIN core.current_coverage AS c
    ON f.period = c.period AND f.submission_id = c.submission_id AND f.district_code = c.district_code
WHERE c.dataset = 'register_household';

CREATE OR REPLACE VIEW core.household_deprivation AS
WITH listed AS (
    SELECT
        h.submission_id, h.sheet, h.row, h.period, h.district_code, h.commune, h.household_code, h.classification,
        h.members, s.counted, s.threshold,
        -- In the order of their numbers, as ref.deprivation has them; null where the standard does not count one.
        ARRAY[
            CASE WHEN s.counts[1] THEN coalesce(h.lacks_health_care, FALSE) END,
            CASE WHEN s.counts[2] THEN coalesce(h.lacks_insurance, FALSE) END,
            CASE WHEN s.counts[3] THEN coalesce(h.lacks_adult_education, FALSE) END,
            CASE WHEN s.counts[4] THEN coalesce(h.lacks_child_schooling, FALSE) END,
            CASE WHEN s.counts[5] THEN coalesce(h.lacks_housing_quality, FALSE) END,
            CASE WHEN s.counts[6] THEN coalesce(h.lacks_housing_area, FALSE) END,
            CASE WHEN s.counts[7] THEN coalesce(h.lacks_clean_water, FALSE) END,
            CASE WHEN s.counts[8] THEN coalesce(h.lacks_toilet, FALSE) END,
            CASE WHEN s.counts[9] THEN coalesce(h.lacks_telecom, FALSE) END,
            CASE WHEN s.counts[10] THEN coalesce(h.lacks_information, FALSE) END,
            CASE WHEN s.counts[11] THEN coalesce(h.lacks_employment, FALSE) END,
            CASE WHEN s.counts[12] THEN coalesce(h.lacks_dependants, FALSE) END,
            CASE WHEN s.counts[13] THEN coalesce(h.lacks_nutrition, FALSE) END
        ] AS lacks
    FROM core.register_household AS h
    INNER JOIN core.deprivation_standard AS s
        ON core.last_day(h.period) BETWEEN s.valid_from AND s.valid_to
    WHERE h.classification IN ('poor_income', 'poor_deprivation', 'near_poor')
)

SELECT
    submission_id, sheet, row, period, district_code, commune, household_code, classification, members, lacks,
    cardinality(array_positions(lacks, TRUE)) AS lacking, counted, threshold
FROM listed;
COMMENT ON VIEW core.household_deprivation IS
'Poor and near-poor households: which deprivations each has of those that the standard of the period counts, and how many.';
