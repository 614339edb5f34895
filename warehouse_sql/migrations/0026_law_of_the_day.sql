-- One class of the poor from 2022; ceilings, support amounts and poor districts by their validity; open lists.

-- Who is poor: poor_income (N1) and poor_deprivation (N2) to 2021, poor from 2022 on (NĐ 07/2021). Plain SQL, so that
-- the planner puts it in place and sees the list.
CREATE FUNCTION core.is_poor(classification text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT classification IN ('poor', 'poor_income', 'poor_deprivation')
$$;
COMMENT ON FUNCTION core.is_poor IS 'Whether a class of the register is one of the poor, in any year.';

CREATE FUNCTION core.is_listed(classification text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT classification IN ('poor', 'poor_income', 'poor_deprivation', 'near_poor')
$$;
COMMENT ON FUNCTION core.is_listed IS 'Whether a class of the register is poor or near-poor, in any year.';

ALTER TABLE history.register_household DROP CONSTRAINT classification_known;
ALTER TABLE history.register_household ADD CONSTRAINT classification_known CHECK (classification IN (
    'poor', 'poor_income', 'poor_deprivation', 'near_poor', 'escaped_poor', 'escaped_near_poor'
));

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
    WHERE core.is_listed(h.classification)
)

SELECT
    submission_id, sheet, row, period, district_code, commune, household_code, classification, members, lacks,
    cardinality(array_positions(lacks, TRUE)) AS lacking, counted, threshold
FROM listed;

-- Programmes and schemes come and go: from 2022 one that the list lacks is kept as its sender names it.
ALTER TABLE history.housing_support DROP CONSTRAINT programme_known;
ALTER TABLE history.housing_support
ADD CONSTRAINT programme_known CHECK (period >= '2022-Q1' OR programme IN ('d33', 'd4008', 'great_unity'));

CREATE OR REPLACE FUNCTION intake.use_references(submission intake.submission) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
    facts text := format('history.%I', submission.dataset);
BEGIN
    EXECUTE format(
        'INSERT INTO intake.reference_used (submission_id, unit_code, unit_valid_from)'
        || ' SELECT $1, f.commune, intake.unit_on(f.commune, $2) FROM'
        || ' (SELECT DISTINCT commune FROM %s WHERE period = $2 AND submission_id = $1) AS f'
        || ' ON CONFLICT DO NOTHING', facts
    ) USING submission.id, submission.period;
    FOR one IN
        SELECT k.of_facts, k.of_use FROM (
            VALUES ('ethnicity', 'ethnic_group'), ('object_code', 'object_code'), ('programme', 'programme')
        ) AS k (of_facts, of_use)
        INNER JOIN pg_attribute AS a ON a.attname = k.of_facts AND a.attrelid = facts::regclass
        -- The programmes of housing are three words of its own.
        WHERE k.of_facts <> 'programme' OR submission.dataset = 'credit_loan'
    LOOP
        EXECUTE format(
            'INSERT INTO intake.reference_used (submission_id, %I) SELECT DISTINCT $1, f.%I FROM %s AS f'
            || ' WHERE f.period = $2 AND f.submission_id = $1 AND f.%I IS NOT NULL'
            -- Nothing in ref stays for a programme that the list lacks.
            || CASE WHEN one.of_use = 'programme' AND submission.period >= '2022-Q1'
                THEN ' AND f.programme IN (SELECT p.code FROM ref.programme AS p)' ELSE '' END
            || ' ON CONFLICT DO NOTHING',
            one.of_use, one.of_facts, facts, one.of_facts
        ) USING submission.id, submission.period;
    END LOOP;
END $$;

-- From April 2021 cards show the ten digits of the insurance number (QĐ 1666/QĐ-BHXH).
ALTER TABLE history.health_card DROP CONSTRAINT card_number_form;
ALTER TABLE history.health_card
ADD CONSTRAINT card_number_form CHECK (card_number ~ '^([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})$');

ALTER TABLE ref.programme DROP COLUMN ceiling;

CREATE TABLE ref.loan_ceiling (
    id integer PRIMARY KEY,
    programme text NOT NULL REFERENCES ref.programme (code) DEFERRABLE INITIALLY DEFERRED,
    valid_from date,
    valid_to date,
    amount bigint NOT NULL CHECK (amount > 0),
    basis text NOT NULL
);
COMMENT ON TABLE ref.loan_ceiling IS 'Largest principal of one loan of a programme in đồng, by day; both days included.';

CREATE TABLE ref.learning_support (
    id integer PRIMARY KEY,
    valid_from date,
    valid_to date,
    amount bigint NOT NULL CHECK (amount > 0),
    basis text NOT NULL
);
COMMENT ON TABLE ref.learning_support IS 'Support for learning costs in đồng a month, by day; both days included.';

ALTER TABLE ref.unit DROP COLUMN is_30a;

CREATE TABLE ref.poor_district (
    id integer PRIMARY KEY,
    district_code text NOT NULL,
    valid_from date,
    valid_to date,
    basis text NOT NULL
);
COMMENT ON TABLE ref.poor_district IS 'The poor districts of group 30a, by day; both days included.';
