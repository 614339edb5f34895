-- Constraints, foreign keys to units, what deletion and retention keep of themselves.

-- Single cells as the contracts allow them. Rules between cells are not here: a reviewed waiver may lift those.
ALTER TABLE history.register_commune
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT households_in_range CHECK (households >= 0),
ADD CONSTRAINT households_minority_in_range CHECK (households_minority >= 0),
ADD CONSTRAINT persons_in_range CHECK (persons >= 0),
ADD CONSTRAINT children_under_6_in_range CHECK (children_under_6 >= 0),
ADD CONSTRAINT labour_force_in_range CHECK (labour_force >= 0),
ADD CONSTRAINT poor_start_in_range CHECK (poor_start >= 0),
ADD CONSTRAINT near_poor_start_in_range CHECK (near_poor_start >= 0);
ALTER TABLE history.register_household
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT head_sex_known CHECK (head_sex IN ('male', 'female')),
ADD CONSTRAINT head_birth_year_in_range CHECK (head_birth_year BETWEEN 1900 AND 2100),
ADD CONSTRAINT head_id_number_digits CHECK (head_id_number ~ '^([0-9]{9}|[0-9]{12})$'),
ADD CONSTRAINT area_known CHECK (area IN ('urban', 'rural')),
ADD CONSTRAINT members_in_range CHECK (members >= 1),
ADD CONSTRAINT b1_score_in_range CHECK (b1_score >= 0),
ADD CONSTRAINT b2_score_in_range CHECK (b2_score >= 0),
ADD CONSTRAINT classification_known CHECK (classification IN (
    'poor_income', 'poor_deprivation', 'near_poor', 'escaped_poor', 'escaped_near_poor'
)),
ADD CONSTRAINT change_known CHECK (change IN ('continuing', 'new', 'returned', 'escaped'));
ALTER TABLE history.register_member
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT member_no_in_range CHECK (member_no >= 1),
ADD CONSTRAINT sex_known CHECK (sex IN ('male', 'female')),
ADD CONSTRAINT birth_year_in_range CHECK (birth_year BETWEEN 1900 AND 2100),
ADD CONSTRAINT id_number_digits CHECK (id_number ~ '^([0-9]{9}|[0-9]{12})$'),
ADD CONSTRAINT insurance_number_digits CHECK (insurance_number ~ '^[0-9]{10}$');
ALTER TABLE history.credit_loan
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT borrower_id_number_digits CHECK (borrower_id_number ~ '^([0-9]{9}|[0-9]{12})$'),
ADD CONSTRAINT entrusted_by_known CHECK (entrusted_by IN ('farmers', 'women', 'veterans', 'youth', 'direct')),
ADD CONSTRAINT principal_in_range CHECK (principal >= 0),
ADD CONSTRAINT outstanding_in_range CHECK (outstanding >= 0),
ADD CONSTRAINT overdue_in_range CHECK (overdue >= 0),
ADD CONSTRAINT frozen_in_range CHECK (frozen >= 0),
ADD CONSTRAINT interest_due_in_range CHECK (interest_due >= 0);
ALTER TABLE history.health_card
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT insurance_number_digits CHECK (insurance_number ~ '^[0-9]{10}$'),
ADD CONSTRAINT card_number_form CHECK (card_number ~ '^[A-Z]{2}[1-5][0-9]{12}$'),
ADD CONSTRAINT birth_year_in_range CHECK (birth_year BETWEEN 1900 AND 2100),
ADD CONSTRAINT sex_known CHECK (sex IN ('male', 'female')),
ADD CONSTRAINT id_number_digits CHECK (id_number ~ '^([0-9]{9}|[0-9]{12})$');
ALTER TABLE history.education_pupil
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT sex_known CHECK (sex IN ('male', 'female')),
ADD CONSTRAINT level_known CHECK (level IN ('preschool', 'primary', 'lower_secondary', 'upper_secondary')),
ADD CONSTRAINT status_known CHECK (status IN ('enrolled', 'dropped_out', 'transferred')),
ADD CONSTRAINT poverty_class_known CHECK (poverty_class IN ('poor', 'near_poor', 'none')),
ADD CONSTRAINT fee_relief_known CHECK (fee_relief IN ('full', 'p70', 'p50', 'none')),
ADD CONSTRAINT support_months_in_range CHECK (support_months BETWEEN 0 AND 9),
ADD CONSTRAINT support_amount_in_range CHECK (support_amount >= 0),
ADD CONSTRAINT rice_kg_in_range CHECK (rice_kg >= 0);
ALTER TABLE history.housing_support
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT programme_known CHECK (programme IN ('d33', 'd4008', 'great_unity')),
ADD CONSTRAINT kind_known CHECK (kind IN ('new_build', 'repair')),
ADD CONSTRAINT progress_known CHECK (progress IN ('not_started', 'under_way', 'completed')),
ADD CONSTRAINT floor_area_in_range CHECK (floor_area >= 0),
ADD CONSTRAINT budget_in_range CHECK (budget >= 0),
ADD CONSTRAINT vbsp_loan_in_range CHECK (vbsp_loan >= 0),
ADD CONSTRAINT community_in_range CHECK (community >= 0),
ADD CONSTRAINT own_funds_in_range CHECK (own_funds >= 0);
ALTER TABLE history.water_village
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT households_in_range CHECK (households >= 0),
ADD CONSTRAINT persons_in_range CHECK (persons >= 0),
ADD CONSTRAINT persons_hygienic_water_in_range CHECK (persons_hygienic_water >= 0),
ADD CONSTRAINT persons_clean_water_in_range CHECK (persons_clean_water >= 0),
ADD CONSTRAINT poor_households_in_range CHECK (poor_households >= 0),
ADD CONSTRAINT poor_households_hygienic_water_in_range CHECK (poor_households_hygienic_water >= 0),
ADD CONSTRAINT households_hygienic_toilet_in_range CHECK (households_hygienic_toilet >= 0),
ADD CONSTRAINT poor_households_hygienic_toilet_in_range CHECK (poor_households_hygienic_toilet >= 0);
ALTER TABLE history.water_works
ADD CONSTRAINT row_is_physical CHECK (row >= 1),
ADD CONSTRAINT capacity_in_range CHECK (capacity >= 0),
ADD CONSTRAINT households_served_in_range CHECK (households_served >= 0),
ADD CONSTRAINT persons_served_in_range CHECK (persons_served >= 0),
ADD CONSTRAINT state_known CHECK (state IN ('sustainable', 'fair', 'weak', 'not_working')),
ADD CONSTRAINT built_year_in_range CHECK (built_year BETWEEN 1900 AND 2100);

-- What an accepted submission refers to. A foreign key on each row costs 38 % of a load of 200,000 rows
-- (docs/decisions/0023); here each code stands once a submission, found by one query at the moment of publishing.
CREATE TABLE intake.reference_used (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    unit_code text,
    unit_valid_from date,
    programme text REFERENCES ref.programme (code),
    object_code text REFERENCES ref.object_code (code),
    ethnic_group text REFERENCES ref.ethnic_group (name),
    FOREIGN KEY (unit_code, unit_valid_from) REFERENCES ref.unit (code, valid_from),
    CONSTRAINT unit_known CHECK ((unit_code IS NULL) = (unit_valid_from IS NULL)),
    CONSTRAINT says_one CHECK (num_nonnulls(unit_code, programme, object_code, ethnic_group) = 1),
    UNIQUE NULLS NOT DISTINCT (submission_id, unit_code, programme, object_code, ethnic_group)
);
COMMENT ON TABLE intake.reference_used IS
'Units, programmes, card objects and ethnic groups that the rows of a published submission name; none of them may go.';
COMMENT ON COLUMN intake.reference_used.unit_code IS 'A commune of its rows, or a district that it speaks for.';

CREATE FUNCTION intake.unit_on(wanted text, in_period text) RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH quarter AS (
        SELECT make_date(left(in_period, 4)::int, 3 * right(in_period, 1)::int, 1) AS last_month
    ),

    closing AS (
        SELECT (q.last_month + interval '1 month - 1 day')::date AS day FROM quarter AS q
    )

    SELECT u.valid_from FROM ref.unit AS u CROSS JOIN closing AS c
    WHERE u.code = wanted AND u.valid_from <= c.day AND (u.valid_to IS NULL OR c.day < u.valid_to)
$$;
COMMENT ON FUNCTION intake.unit_on IS 'Since when a unit is valid that exists on the last day of a period; null: none.';

CREATE FUNCTION intake.use_references(submission intake.submission) RETURNS void LANGUAGE plpgsql
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
            || ' WHERE f.period = $2 AND f.submission_id = $1 AND f.%I IS NOT NULL ON CONFLICT DO NOTHING',
            one.of_use, one.of_facts, facts, one.of_facts
        ) USING submission.id, submission.period;
    END LOOP;
END $$;
COMMENT ON FUNCTION intake.use_references IS 'Keep what the rows of a submission refer to; refused where it is not in ref.';

CREATE FUNCTION intake.require_references() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM intake.use_references(NEW);
    RETURN NULL;
END $$;

CREATE TRIGGER refers_to_what_is_there AFTER UPDATE OF accepted_at ON intake.submission
FOR EACH ROW WHEN (old.accepted_at IS NULL AND new.accepted_at IS NOT NULL)
EXECUTE FUNCTION intake.require_references();

SELECT intake.use_references(s) FROM intake.submission AS s
WHERE s.accepted_at IS NOT NULL;

CREATE FUNCTION intake.require_district() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO intake.reference_used (submission_id, unit_code, unit_valid_from)
    VALUES (NEW.submission_id, NEW.district_code, intake.unit_on(NEW.district_code, NEW.period))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER refers_to_what_is_there AFTER INSERT ON intake.coverage
FOR EACH ROW EXECUTE FUNCTION intake.require_district();

INSERT INTO intake.reference_used (submission_id, unit_code, unit_valid_from)
SELECT c.submission_id, c.district_code, intake.unit_on(c.district_code, c.period) FROM intake.coverage AS c
ON CONFLICT DO NOTHING;

-- Who was taken out of everything, without saying who it was.
CREATE TABLE intake.forgetting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL,
    reason text NOT NULL,
    pseudonym text NOT NULL,
    rows jsonb NOT NULL,
    files jsonb NOT NULL
);
COMMENT ON TABLE intake.forgetting IS 'Every person taken out of archive, facts and answers; never the person''s number.';
COMMENT ON COLUMN intake.forgetting.pseudonym IS 'The token that stands in place of the person''s names and numbers.';
