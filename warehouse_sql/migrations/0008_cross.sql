-- Findings between sectors and against past periods; decisions on what a rule holds back.
ALTER TABLE quality.finding
ADD COLUMN origin text NOT NULL DEFAULT 'file' CHECK (origin IN ('file', 'register', 'drift', 'cross')),
ADD COLUMN other_submission_id text REFERENCES intake.submission (id),
ADD COLUMN other_sheet text,
ADD COLUMN other_row integer,
ADD COLUMN difference numeric;
COMMENT ON COLUMN quality.finding.origin IS
'What found it: the file''s own check, the register''s two lists together, past periods, the other sectors.';
COMMENT ON COLUMN quality.finding.other_row IS 'The row of another file that it disagrees with.';
COMMENT ON COLUMN quality.finding.difference IS 'By how much the two sides differ, where both are numbers.';
CREATE INDEX finding_origin ON quality.finding (origin, submission_id);
ALTER TABLE quality.finding ADD COLUMN unit_code text;
COMMENT ON COLUMN quality.finding.unit_code IS 'The commune of the row, where the file speaks for more than one district.';

-- Exact identifiers (INDICATORS.md, "Readings"): who is who across sectors, in one place.
CREATE VIEW core.member_household AS
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.district_code, m.commune, m.household_code, m.full_name_key,
    m.birth_year, m.id_number, m.insurance_number, h.classification,
    h.submission_id AS household_submission_id, h.sheet AS household_sheet, h.row AS household_row
FROM core.register_member AS m
INNER JOIN core.register_household AS h
    ON m.period = h.period AND m.commune = h.commune AND m.household_code = h.household_code;
COMMENT ON VIEW core.member_household IS 'Members of the register with the class of their household.';

CREATE VIEW core.household_number AS
SELECT period, commune, household_code, head_id_number AS id_number
FROM core.register_household
WHERE head_id_number IS NOT NULL
UNION ALL
SELECT period, commune, household_code, id_number
FROM core.register_member
WHERE id_number IS NOT NULL;
COMMENT ON VIEW core.household_number IS 'pii: CMND/CCCD numbers by which a household is known: its head''s, its members''.';

CREATE VIEW core.card_member AS
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
    m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row,
    c.valid_from, c.valid_to
FROM core.member_household AS m
INNER JOIN core.health_card AS c ON m.period = c.period AND m.insurance_number = c.insurance_number
UNION ALL
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
    m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row,
    c.valid_from, c.valid_to
FROM core.member_household AS m
INNER JOIN core.health_card AS c ON m.period = c.period AND m.id_number = c.id_number;
COMMENT ON VIEW core.card_member IS
'Members of the register and the cards of the same person: same insurance number, or same CMND/CCCD; a pair may stand twice.';

CREATE VIEW core.pupil_member AS
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.district_code, m.commune, m.classification, m.birth_year,
    p.submission_id AS pupil_submission_id, p.sheet AS pupil_sheet, p.row AS pupil_row, p.status, p.poverty_class
FROM core.member_household AS m
INNER JOIN core.education_pupil AS p
    ON
        m.period = p.period
        AND m.commune = p.commune
        AND m.household_code = p.household_code
        AND m.full_name_key = p.full_name_key
        AND m.birth_year = extract(YEAR FROM p.birth)::int;
COMMENT ON VIEW core.pupil_member IS 'Members of the register and the rows of the same pupil: household, name, year of birth.';

-- What a submission looks like as a whole, to be held against those of past periods.
CREATE TABLE quality.profile (
    submission_id text NOT NULL REFERENCES intake.submission (id),
    kind text NOT NULL CHECK (kind IN ('rows', 'sum', 'share', 'commune_rows')),
    column_name text NOT NULL,
    part text NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (submission_id, kind, column_name, part)
);
COMMENT ON TABLE quality.profile IS
'Rows of a submission, sums of columns, shares of codes, rows of each commune (expectations/drift.yml).';

-- What waits for a person, and what the person decided.
ALTER TABLE intake.submission DROP CONSTRAINT submission_state_check;
ALTER TABLE intake.submission ADD CONSTRAINT submission_state_check
CHECK (state IN ('received', 'prepared', 'held', 'accepted', 'rejected'));

CREATE TABLE quality.decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('submission', 'quarter')),
    reason text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    choice text CHECK (choice IN ('approve', 'refuse')),
    decided_by text,
    decided_at timestamptz,
    why text,
    CONSTRAINT decided_whole CHECK (num_nulls(choice, decided_by, decided_at, why) IN (0, 4))
);
COMMENT ON TABLE quality.decision IS 'Who let pass or refused what a rule holds back, when and why; undecided: it waits.';
COMMENT ON COLUMN quality.decision.subject IS 'The submission''s id, or the quarter.';
COMMENT ON COLUMN quality.decision.reason IS 'What the person was shown.';
COMMENT ON COLUMN quality.decision.decided_by IS 'pii: who decided.';
COMMENT ON COLUMN quality.decision.why IS 'pii: in that person''s own words.';
CREATE UNIQUE INDEX decision_open ON quality.decision (subject) WHERE choice IS NULL;
CREATE INDEX decision_subject ON quality.decision (subject, id);

-- How often the sectors disagree, by rule and unit: what a report tells, without a person in it.
CREATE TABLE mart.discrepancy (
    period text NOT NULL,
    place integer NOT NULL,
    rule text NOT NULL,
    title text NOT NULL,
    unit_code text NOT NULL,
    unit_level text NOT NULL CHECK (unit_level IN ('district', 'province')),
    findings integer NOT NULL,
    worst_difference numeric,
    worst_unit_code text,
    suppressed boolean NOT NULL DEFAULT FALSE,
    PRIMARY KEY (period, rule, unit_code)
);
COMMENT ON TABLE mart.discrepancy IS 'Findings between sectors that are certain and not waived, as found last.';
COMMENT ON COLUMN mart.discrepancy.place IS 'The rule''s place in the report.';
COMMENT ON COLUMN mart.discrepancy.suppressed IS 'Not to be published: fewer than five people, or it gives such away.';

CREATE TABLE mart.edition_discrepancy (
    number integer NOT NULL,
    LIKE mart.discrepancy,
    PRIMARY KEY (period, number, rule, unit_code),
    FOREIGN KEY (period, number) REFERENCES mart.edition (period, number)
);
COMMENT ON TABLE mart.edition_discrepancy IS 'What an edition''s report tells of it.';
