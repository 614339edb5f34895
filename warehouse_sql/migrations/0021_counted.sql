-- What counts is asked of each row by itself: «is its submission among those that count?», told by a hash of the few
-- that do. The planner took a join with them for one row out of 40,000, and then looped over a province's lists; a test
-- that it cannot look into it takes for half of the rows. Hence IS TRUE: without it PostgreSQL makes a join of IN.

CREATE OR REPLACE VIEW core.register_commune AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.commune, f.households,
    f.households_minority, f.persons, f.children_under_6, f.labour_force, f.poor_start,
    f.near_poor_start
FROM history.register_commune AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'register_commune'
    )) IS TRUE;

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
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'register_household'
    )) IS TRUE;

CREATE OR REPLACE VIEW core.register_member AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.household_code, f.commune,
    f.village, f.member_no, f.full_name, f.full_name_key, f.relation, f.sex, f.birth, f.birth_year,
    f.id_number, f.ethnicity, f.insurance_number, f.studying, f.needs_training
FROM history.register_member AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'register_member'
    )) IS TRUE
    -- A member of a rejected household is rejected with it, whatever the order of arrival.
    AND EXISTS (
        SELECT 1 FROM core.register_household AS h
        WHERE h.period = f.period AND h.commune = f.commune AND h.household_code = f.household_code
    );

CREATE OR REPLACE VIEW core.credit_loan AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.loan_code, f.customer_code,
    f.borrower_name, f.borrower_name_key, f.borrower_id_number, f.household_code, f.commune,
    f.village, f.group_code, f.entrusted_by, f.programme, f.disbursed_on, f.due_on, f.principal,
    f.outstanding, f.overdue, f.frozen, f.interest_due
FROM history.credit_loan AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'credit_loan'
    )) IS TRUE;

CREATE OR REPLACE VIEW core.health_card AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.insurance_number, f.card_number,
    f.object_code, f.full_name, f.full_name_key, f.birth, f.birth_year, f.sex, f.id_number,
    f.ethnicity, f.commune, f.village, f.household_code, f.valid_from, f.valid_to, f.clinic
FROM history.health_card AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'health_card'
    )) IS TRUE;

CREATE OR REPLACE VIEW core.education_pupil AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.pupil_code, f.full_name,
    f.full_name_key, f.birth, f.sex, f.ethnicity, f.commune, f.village, f.household_code,
    f.school_code, f.school_name, f.level, f.grade, f.class_name, f.status, f.poverty_class,
    f.fee_relief, f.support_months, f.support_amount, f.lunch_support, f.boarding_support, f.rice_kg
FROM history.education_pupil AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'education_pupil'
    )) IS TRUE;

CREATE OR REPLACE VIEW core.housing_support AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.household_code, f.head_name,
    f.head_name_key, f.commune, f.village, f.programme, f.kind, f.progress, f.started_on,
    f.completed_on, f.floor_area, f.hard_floor, f.hard_frame, f.hard_roof, f.budget, f.vbsp_loan,
    f.community, f.own_funds
FROM history.housing_support AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'housing_support'
    )) IS TRUE;

CREATE OR REPLACE VIEW core.water_village AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.commune, f.village, f.households,
    f.persons, f.persons_hygienic_water, f.persons_clean_water, f.poor_households,
    f.poor_households_hygienic_water, f.households_hygienic_toilet,
    f.poor_households_hygienic_toilet
FROM history.water_village AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'water_village'
    )) IS TRUE;

CREATE OR REPLACE VIEW core.water_works AS
SELECT
    f.submission_id, f.sheet, f.row, f.period, f.district_code, f.works_name, f.commune, f.kind,
    f.capacity, f.households_served, f.persons_served, f.state, f.managed_by, f.built_year
FROM history.water_works AS f
WHERE
    ((f.period, f.submission_id, f.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'water_works'
    )) IS TRUE;

-- Who has a household that counts is a member that counts: asked once, by the join.
CREATE OR REPLACE VIEW core.member_household AS
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.district_code, m.commune, m.household_code, m.full_name_key,
    m.birth_year, m.id_number, m.insurance_number, h.classification, h.submission_id AS household_submission_id,
    h.sheet AS household_sheet, h.row AS household_row
FROM history.register_member AS m
INNER JOIN core.register_household AS h
    ON m.period = h.period AND m.commune = h.commune AND m.household_code = h.household_code
WHERE
    ((m.period, m.submission_id, m.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
        WHERE c.dataset = 'register_member'
    )) IS TRUE;
