-- Facts, append-only: the rows of accepted submissions, each with its address in the sender's file.
-- Partitions by period are made by the load of the first submission of a period.
CREATE SCHEMA history;

CREATE FUNCTION history.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history.% is append-only: correct a file and send it again', TG_TABLE_NAME;
END $$;

CREATE FUNCTION history.refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM intake.submission AS s WHERE s.id = OLD.submission_id AND s.accepted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'history.% is append-only: submission % is published', TG_TABLE_NAME, OLD.submission_id;
    END IF;
    RETURN OLD;
END $$;

CREATE TABLE history.register_commune (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    commune text NOT NULL,
    households integer NOT NULL,
    households_minority integer,
    persons integer NOT NULL,
    children_under_6 integer,
    labour_force integer,
    poor_start integer NOT NULL,
    near_poor_start integer NOT NULL,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.register_commune IS 'Tổng hợp hộ dân cư theo xã';
CREATE TRIGGER append_only BEFORE UPDATE ON history.register_commune
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.register_commune
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.register_household (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    household_code text NOT NULL,
    head_name text NOT NULL,
    head_name_key text,
    head_sex text,
    head_birth date,
    head_birth_year smallint,
    head_id_number text,
    ethnicity text NOT NULL,
    commune text NOT NULL,
    village text,
    area text NOT NULL,
    members integer NOT NULL,
    b1_score integer,
    b2_score integer,
    classification text NOT NULL,
    change text,
    lacks_health_care boolean,
    lacks_insurance boolean,
    lacks_adult_education boolean,
    lacks_child_schooling boolean,
    lacks_housing_quality boolean,
    lacks_housing_area boolean,
    lacks_clean_water boolean,
    lacks_toilet boolean,
    lacks_telecom boolean,
    lacks_information boolean,
    cause text,
    policy_household boolean,
    needs_loan boolean,
    loan_eligible boolean,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.register_household IS 'Danh sách hộ nghèo, hộ cận nghèo';
COMMENT ON COLUMN history.register_household.head_name IS 'pii';
COMMENT ON COLUMN history.register_household.head_name_key IS 'pii';
COMMENT ON COLUMN history.register_household.head_birth IS 'pii';
COMMENT ON COLUMN history.register_household.head_birth_year IS 'pii';
COMMENT ON COLUMN history.register_household.head_id_number IS 'pii';
CREATE INDEX register_household_commune_household_code ON history.register_household (
    submission_id, commune, household_code
);
CREATE TRIGGER append_only BEFORE UPDATE ON history.register_household
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.register_household
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.register_member (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    household_code text NOT NULL,
    commune text NOT NULL,
    village text,
    member_no integer NOT NULL,
    full_name text NOT NULL,
    full_name_key text,
    relation text,
    sex text,
    birth date,
    birth_year smallint,
    id_number text,
    ethnicity text,
    insurance_number text,
    studying boolean,
    needs_training boolean,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.register_member IS 'Danh sách thành viên hộ nghèo, hộ cận nghèo';
COMMENT ON COLUMN history.register_member.full_name IS 'pii';
COMMENT ON COLUMN history.register_member.full_name_key IS 'pii';
COMMENT ON COLUMN history.register_member.sex IS 'pii';
COMMENT ON COLUMN history.register_member.birth IS 'pii';
COMMENT ON COLUMN history.register_member.birth_year IS 'pii';
COMMENT ON COLUMN history.register_member.id_number IS 'pii';
COMMENT ON COLUMN history.register_member.insurance_number IS 'pii';
CREATE INDEX register_member_commune_household_code ON history.register_member (submission_id, commune, household_code);
CREATE TRIGGER append_only BEFORE UPDATE ON history.register_member
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.register_member
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.credit_loan (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    loan_code text NOT NULL,
    customer_code text NOT NULL,
    borrower_name text NOT NULL,
    borrower_name_key text,
    borrower_id_number text,
    household_code text,
    commune text NOT NULL,
    village text,
    group_code text,
    entrusted_by text,
    programme text NOT NULL,
    disbursed_on date NOT NULL,
    due_on date,
    principal bigint NOT NULL,
    outstanding bigint,
    overdue bigint,
    frozen bigint,
    interest_due bigint,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.credit_loan IS 'Sao kê dư nợ cho vay';
COMMENT ON COLUMN history.credit_loan.borrower_name IS 'pii';
COMMENT ON COLUMN history.credit_loan.borrower_name_key IS 'pii';
COMMENT ON COLUMN history.credit_loan.borrower_id_number IS 'pii';
CREATE INDEX credit_loan_commune_household_code ON history.credit_loan (submission_id, commune, household_code);
CREATE TRIGGER append_only BEFORE UPDATE ON history.credit_loan
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.credit_loan
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.health_card (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    insurance_number text NOT NULL,
    card_number text,
    object_code text,
    full_name text NOT NULL,
    full_name_key text,
    birth date,
    birth_year smallint NOT NULL,
    sex text,
    id_number text,
    ethnicity text,
    commune text NOT NULL,
    village text,
    household_code text,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    clinic text,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.health_card IS 'Danh sách thẻ BHYT';
COMMENT ON COLUMN history.health_card.insurance_number IS 'pii';
COMMENT ON COLUMN history.health_card.card_number IS 'pii';
COMMENT ON COLUMN history.health_card.full_name IS 'pii';
COMMENT ON COLUMN history.health_card.full_name_key IS 'pii';
COMMENT ON COLUMN history.health_card.birth IS 'pii';
COMMENT ON COLUMN history.health_card.birth_year IS 'pii';
COMMENT ON COLUMN history.health_card.id_number IS 'pii';
CREATE INDEX health_card_insurance_number ON history.health_card (submission_id, insurance_number);
CREATE INDEX health_card_id_number ON history.health_card (submission_id, id_number);
CREATE TRIGGER append_only BEFORE UPDATE ON history.health_card
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.health_card
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.education_pupil (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    pupil_code text NOT NULL,
    full_name text NOT NULL,
    full_name_key text,
    birth date NOT NULL,
    sex text,
    ethnicity text,
    commune text NOT NULL,
    village text,
    household_code text,
    school_code text,
    school_name text NOT NULL,
    level text NOT NULL,
    grade text,
    class_name text,
    status text NOT NULL,
    poverty_class text,
    fee_relief text,
    support_months integer,
    support_amount bigint,
    lunch_support boolean,
    boarding_support boolean,
    rice_kg integer,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.education_pupil IS 'Danh sách học sinh và chính sách hỗ trợ';
COMMENT ON COLUMN history.education_pupil.full_name IS 'pii';
COMMENT ON COLUMN history.education_pupil.full_name_key IS 'pii';
COMMENT ON COLUMN history.education_pupil.birth IS 'pii';
CREATE INDEX education_pupil_commune_household_code ON history.education_pupil (submission_id, commune, household_code);
CREATE TRIGGER append_only BEFORE UPDATE ON history.education_pupil
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.education_pupil
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.housing_support (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    household_code text NOT NULL,
    head_name text NOT NULL,
    head_name_key text,
    commune text NOT NULL,
    village text,
    programme text NOT NULL,
    kind text NOT NULL,
    progress text NOT NULL,
    started_on date,
    completed_on date,
    floor_area double precision,
    hard_floor boolean,
    hard_frame boolean,
    hard_roof boolean,
    budget bigint,
    vbsp_loan bigint,
    community bigint,
    own_funds bigint,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.housing_support IS 'Hộ nghèo được hỗ trợ nhà ở';
COMMENT ON COLUMN history.housing_support.head_name IS 'pii';
COMMENT ON COLUMN history.housing_support.head_name_key IS 'pii';
CREATE TRIGGER append_only BEFORE UPDATE ON history.housing_support
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.housing_support
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.water_village (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    commune text NOT NULL,
    village text NOT NULL,
    households integer NOT NULL,
    persons integer NOT NULL,
    persons_hygienic_water integer NOT NULL,
    persons_clean_water integer,
    poor_households integer,
    poor_households_hygienic_water integer,
    households_hygienic_toilet integer,
    poor_households_hygienic_toilet integer,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.water_village IS 'Tổng hợp cấp nước và vệ sinh theo thôn';
CREATE TRIGGER append_only BEFORE UPDATE ON history.water_village
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.water_village
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();

CREATE TABLE history.water_works (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    sheet text NOT NULL,
    row integer NOT NULL,
    period text NOT NULL,
    district_code text NOT NULL,
    works_name text NOT NULL,
    commune text NOT NULL,
    kind text,
    capacity double precision,
    households_served integer,
    persons_served integer,
    state text NOT NULL,
    managed_by text,
    built_year integer,
    PRIMARY KEY (period, submission_id, sheet, row)
) PARTITION BY LIST (period);
COMMENT ON TABLE history.water_works IS 'Công trình cấp nước tập trung';
CREATE TRIGGER append_only BEFORE UPDATE ON history.water_works
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER keep_published BEFORE DELETE ON history.water_works
FOR EACH ROW EXECUTE FUNCTION history.refuse_delete();
