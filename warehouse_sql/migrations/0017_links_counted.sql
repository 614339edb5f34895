-- Indicators count what linking has found. Exact identifiers are still joined here and now, so that figures are right
-- before «link» has run; beside them stand the links of history.link that no identifier of these joins makes, and what
-- officers have decided wins over all. Linking gives no other link to a row that one of these identifiers joins.
CREATE INDEX link_decided ON history.link (period, pair) WHERE method IN ('confirmed', 'refused');

CREATE OR REPLACE VIEW core.card_member AS
WITH exact AS NOT MATERIALIZED (
    SELECT
        m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
        m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row,
        c.valid_from, c.valid_to, c.commune AS card_commune, 'insurance_number' AS method, m.commune
    FROM core.member_household AS m
    INNER JOIN core.health_card AS c ON m.period = c.period AND m.insurance_number = c.insurance_number
    UNION ALL
    SELECT
        m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
        m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row,
        c.valid_from, c.valid_to, c.commune AS card_commune, 'id_number' AS method, m.commune
    FROM core.member_household AS m
    INNER JOIN core.health_card AS c ON m.period = c.period AND m.id_number = c.id_number
    WHERE m.insurance_number IS DISTINCT FROM c.insurance_number
),

decided AS (
    SELECT
        submission_id, sheet, row, register_submission_id, register_sheet, register_row, method
    FROM core.link_standing
    WHERE pair = 'card' AND method IN ('confirmed', 'refused')
)

SELECT
    e.period, e.submission_id, e.sheet, e.row, e.classification, e.household_submission_id, e.household_sheet,
    e.household_row, e.card_submission_id, e.card_sheet, e.card_row, e.valid_from, e.valid_to, e.card_commune, e.method,
    e.commune
FROM exact AS e
WHERE
    NOT EXISTS (
        SELECT 1 FROM decided AS d
        WHERE
            d.submission_id = e.card_submission_id AND d.sheet = e.card_sheet AND d.row = e.card_row
            AND d.register_submission_id = e.submission_id AND d.register_sheet = e.sheet AND d.register_row = e.row
    )
    AND NOT EXISTS (
        SELECT 1 FROM decided AS d
        WHERE
            d.method = 'confirmed'
            AND d.submission_id = e.card_submission_id AND d.sheet = e.card_sheet AND d.row = e.card_row
    )
    AND NOT EXISTS (
        SELECT 1 FROM decided AS d
        WHERE
            d.method = 'confirmed'
            AND d.register_submission_id = e.submission_id AND d.register_sheet = e.sheet AND d.register_row = e.row
    )
UNION ALL
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.classification, m.household_submission_id, m.household_sheet,
    m.household_row, c.submission_id AS card_submission_id, c.sheet AS card_sheet, c.row AS card_row, c.valid_from,
    c.valid_to, c.commune AS card_commune, l.method, m.commune
FROM core.link AS l
INNER JOIN core.member_household AS m
    ON
        l.period = m.period AND l.register_submission_id = m.submission_id AND l.register_sheet = m.sheet
        AND l.register_row = m.row
INNER JOIN core.health_card AS c
    ON l.period = c.period AND l.submission_id = c.submission_id AND l.sheet = c.sheet AND l.row = c.row
WHERE
    l.pair = 'card'
    AND l.method <> 'insurance_number'
    AND (
        l.method = 'confirmed'
        OR (m.insurance_number IS DISTINCT FROM c.insurance_number AND m.id_number IS DISTINCT FROM c.id_number)
    );
COMMENT ON VIEW core.card_member IS
'Members of the register and the cards of the same person: same insurance number, else same CMND/CCCD, else as linked.';
COMMENT ON COLUMN core.card_member.card_commune IS 'public: the commune that the card names';
COMMENT ON COLUMN core.card_member.method IS 'public: the kind of link';
COMMENT ON COLUMN core.card_member.commune IS 'public: the commune of the register that the member belongs to';

CREATE OR REPLACE VIEW core.pupil_member AS
WITH exact AS NOT MATERIALIZED (
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
            AND m.birth_year = extract(YEAR FROM p.birth)::int
),

decided AS (
    SELECT
        submission_id, sheet, row, register_submission_id, register_sheet, register_row, method
    FROM core.link_standing
    WHERE pair = 'pupil' AND method IN ('confirmed', 'refused')
)

SELECT
    e.period, e.submission_id, e.sheet, e.row, e.district_code, e.commune, e.classification, e.birth_year,
    e.pupil_submission_id, e.pupil_sheet, e.pupil_row, e.status, e.poverty_class, e.method
FROM exact AS e
WHERE
    NOT EXISTS (
        SELECT 1 FROM decided AS d
        WHERE
            d.submission_id = e.pupil_submission_id AND d.sheet = e.pupil_sheet AND d.row = e.pupil_row
            AND d.register_submission_id = e.submission_id AND d.register_sheet = e.sheet AND d.register_row = e.row
    )
    AND NOT EXISTS (
        SELECT 1 FROM decided AS d
        WHERE
            d.method = 'confirmed'
            AND d.submission_id = e.pupil_submission_id AND d.sheet = e.pupil_sheet AND d.row = e.pupil_row
    )
    AND NOT EXISTS (
        SELECT 1 FROM decided AS d
        WHERE
            d.method = 'confirmed'
            AND d.register_submission_id = e.submission_id AND d.register_sheet = e.sheet AND d.register_row = e.row
    )
UNION ALL
SELECT
    m.period, m.submission_id, m.sheet, m.row, m.district_code, m.commune, m.classification, m.birth_year,
    p.submission_id AS pupil_submission_id, p.sheet AS pupil_sheet, p.row AS pupil_row, p.status, p.poverty_class,
    l.method
FROM core.link AS l
INNER JOIN core.member_household AS m
    ON
        l.period = m.period AND l.register_submission_id = m.submission_id AND l.register_sheet = m.sheet
        AND l.register_row = m.row
INNER JOIN core.education_pupil AS p
    ON l.period = p.period AND l.submission_id = p.submission_id AND l.sheet = p.sheet AND l.row = p.row
WHERE
    l.pair = 'pupil'
    AND (
        l.method = 'confirmed'
        OR (
            m.commune = p.commune AND m.household_code = p.household_code AND m.full_name_key = p.full_name_key
            AND m.birth_year = extract(YEAR FROM p.birth)::int
        ) IS NOT TRUE
    );
COMMENT ON VIEW core.pupil_member IS
'Members of the register and the rows of the same pupil: household, name, year of birth, else as linked.';
COMMENT ON COLUMN core.pupil_member.method IS 'public: the kind of link';

CREATE OR REPLACE VIEW core.loan_household AS
WITH exact AS NOT MATERIALIZED (
    SELECT
        h.period, h.submission_id, h.sheet, h.row, h.commune, h.classification, l.submission_id AS loan_submission_id,
        l.sheet AS loan_sheet, l.row AS loan_row,
        coalesce(l.outstanding, 0) + coalesce(l.overdue, 0) + coalesce(l.frozen, 0) AS owed, 'id_number' AS method
    FROM core.register_household AS h
    INNER JOIN core.credit_loan AS l ON h.period = l.period AND h.head_id_number = l.borrower_id_number
    UNION ALL
    SELECT
        m.period, m.household_submission_id, m.household_sheet, m.household_row, m.commune, m.classification,
        l.submission_id AS loan_submission_id, l.sheet AS loan_sheet, l.row AS loan_row,
        coalesce(l.outstanding, 0) + coalesce(l.overdue, 0) + coalesce(l.frozen, 0) AS owed, 'id_number' AS method
    FROM core.member_household AS m
    INNER JOIN core.credit_loan AS l ON m.period = l.period AND m.id_number = l.borrower_id_number
    UNION ALL
    SELECT
        h.period, h.submission_id, h.sheet, h.row, h.commune, h.classification, l.submission_id AS loan_submission_id,
        l.sheet AS loan_sheet, l.row AS loan_row,
        coalesce(l.outstanding, 0) + coalesce(l.overdue, 0) + coalesce(l.frozen, 0) AS owed, 'household_code' AS method
    FROM core.register_household AS h
    INNER JOIN core.credit_loan AS l
        ON h.period = l.period AND h.commune = l.commune AND h.household_code = l.household_code
),

decided AS (
    SELECT
        submission_id, sheet, row, register_submission_id, register_sheet, register_row, method
    FROM core.link_standing
    WHERE pair = 'loan' AND method IN ('confirmed', 'refused')
),

told AS NOT MATERIALIZED (
    SELECT
        e.period, e.submission_id, e.sheet, e.row, e.commune, e.classification, e.loan_submission_id, e.loan_sheet,
        e.loan_row, e.owed, e.method, CASE e.method WHEN 'id_number' THEN 1 ELSE 2 END AS turn
    FROM exact AS e
    WHERE
        NOT EXISTS (
            SELECT 1 FROM decided AS d
            WHERE
                d.submission_id = e.loan_submission_id AND d.sheet = e.loan_sheet AND d.row = e.loan_row
                AND d.register_submission_id = e.submission_id AND d.register_sheet = e.sheet AND d.register_row = e.row
        )
        AND NOT EXISTS (
            SELECT 1 FROM decided AS d
            WHERE
                d.method = 'confirmed'
                AND d.submission_id = e.loan_submission_id AND d.sheet = e.loan_sheet AND d.row = e.loan_row
        )
    UNION ALL
    SELECT
        h.period, h.submission_id, h.sheet, h.row, h.commune, h.classification, l.submission_id AS loan_submission_id,
        l.sheet AS loan_sheet, l.row AS loan_row,
        coalesce(f.outstanding, 0) + coalesce(f.overdue, 0) + coalesce(f.frozen, 0) AS owed, l.method, 3 AS turn
    FROM core.link AS l
    INNER JOIN core.register_household AS h
        ON
            l.period = h.period AND l.register_submission_id = h.submission_id AND l.register_sheet = h.sheet
            AND l.register_row = h.row
    INNER JOIN core.credit_loan AS f
        ON l.period = f.period AND l.submission_id = f.submission_id AND l.sheet = f.sheet AND l.row = f.row
    WHERE l.pair = 'loan'
)

-- A head is a member too, and a household may be found by several identifiers: each household and loan once.
SELECT DISTINCT ON (period, commune, submission_id, sheet, row, loan_submission_id, loan_sheet, loan_row)
    period, submission_id, sheet, row, commune, classification, loan_submission_id, loan_sheet, loan_row, owed, method
FROM told
ORDER BY period, commune, submission_id, sheet, row, loan_submission_id, loan_sheet, loan_row, turn;
COMMENT ON VIEW core.loan_household IS
'Households of the register and their loans: the borrower''s CMND/CCCD is the head''s or a member''s, else same commune and household code, else as linked.';
COMMENT ON COLUMN core.loan_household.owed IS 'public: outstanding, overdue and frozen together, đồng';
COMMENT ON COLUMN core.loan_household.method IS 'public: the kind of link';
