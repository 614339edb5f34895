-- How each link between sectors was made, so that a figure can say how many of its numerator came from which kind.
--
-- What the three views promise, however their links are found: one row a pair of rows; beside the columns that they
-- have here, «method»: the best kind of link that makes the pair, in the order of core.link_rank. Whoever adds
-- further kinds replaces a view as a whole and keeps its columns.
CREATE FUNCTION core.link_rank(method text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_position(
        ARRAY['insurance_number', 'id_number', 'household_code', 'household_name_birth', 'probable', 'confirmed'],
        method
    )
$$;
COMMENT ON FUNCTION core.link_rank IS
'The place of a kind of link: of several that make the same link, the one with the lowest counts.';

CREATE OR REPLACE VIEW core.card_member AS
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
    m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row,
    c.valid_from, c.valid_to, c.commune AS card_commune, 'insurance_number' AS method
FROM core.member_household AS m
INNER JOIN core.health_card AS c ON m.period = c.period AND m.insurance_number = c.insurance_number
UNION ALL
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
    m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row,
    c.valid_from, c.valid_to, c.commune AS card_commune, 'id_number' AS method
FROM core.member_household AS m
INNER JOIN core.health_card AS c ON m.period = c.period AND m.id_number = c.id_number
WHERE m.insurance_number IS DISTINCT FROM c.insurance_number;
COMMENT ON VIEW core.card_member IS
'Members of the register and the cards of the same person: same insurance number, else same CMND/CCCD.';
COMMENT ON COLUMN core.card_member.card_commune IS 'public: the commune that the card names';
COMMENT ON COLUMN core.card_member.method IS 'public: the kind of link';

CREATE OR REPLACE VIEW core.pupil_member AS
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.district_code, m.commune, m.classification, m.birth_year,
    p.submission_id AS pupil_submission_id, p.sheet AS pupil_sheet, p.row AS pupil_row, p.status, p.poverty_class,
    'household_name_birth' AS method
FROM core.member_household AS m
INNER JOIN core.education_pupil AS p
    ON
        m.period = p.period
        AND m.commune = p.commune
        AND m.household_code = p.household_code
        AND m.full_name_key = p.full_name_key
        AND m.birth_year = extract(YEAR FROM p.birth)::int;
COMMENT ON COLUMN core.pupil_member.method IS 'public: the kind of link';

CREATE VIEW core.loan_household AS
WITH numbered AS (
    -- A head is a member too: the same number of a household may stand twice.
    SELECT DISTINCT period, commune, household_code, id_number FROM core.household_number
)

SELECT
    h.period, h.submission_id, h.sheet, h.row, h.commune, h.classification, l.submission_id AS loan_submission_id,
    l.sheet AS loan_sheet, l.row AS loan_row,
    coalesce(l.outstanding, 0) + coalesce(l.overdue, 0) + coalesce(l.frozen, 0) AS owed, 'id_number' AS method
FROM core.register_household AS h
INNER JOIN numbered AS n ON h.period = n.period AND h.commune = n.commune AND h.household_code = n.household_code
INNER JOIN core.credit_loan AS l ON n.period = l.period AND n.id_number = l.borrower_id_number
UNION ALL
SELECT
    h.period, h.submission_id, h.sheet, h.row, h.commune, h.classification, l.submission_id AS loan_submission_id,
    l.sheet AS loan_sheet, l.row AS loan_row,
    coalesce(l.outstanding, 0) + coalesce(l.overdue, 0) + coalesce(l.frozen, 0) AS owed, 'household_code' AS method
FROM core.register_household AS h
INNER JOIN core.credit_loan AS l
    ON h.period = l.period AND h.commune = l.commune AND h.household_code = l.household_code
WHERE
    NOT EXISTS (
        SELECT FROM core.household_number AS n
        WHERE
            n.period = l.period AND n.commune = l.commune AND n.household_code = l.household_code
            AND n.id_number = l.borrower_id_number
    );
COMMENT ON VIEW core.loan_household IS
'Households of the register and their loans: the borrower''s CMND/CCCD is the head''s or a member''s, else same commune and household code.';
COMMENT ON COLUMN core.loan_household.owed IS 'public: outstanding, overdue and frozen together, đồng';
COMMENT ON COLUMN core.loan_household.method IS 'public: the kind of link';

ALTER TABLE mart.indicator_value ADD COLUMN by_link jsonb;
ALTER TABLE mart.edition_value ADD COLUMN by_link jsonb;
COMMENT ON COLUMN mart.indicator_value.by_link IS
'Kind of link → how many of the numerator rest on it; null where a figure rests on no links. Not for publication.';
COMMENT ON COLUMN mart.edition_value.by_link IS
'Kind of link → how many of the numerator rest on it; null where a figure rests on no links. Not for publication.';
