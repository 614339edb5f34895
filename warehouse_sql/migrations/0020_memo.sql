-- Sums of indicators by district, kept so that measuring after a correction adds up only what it changes.
-- A schema of its own: nobody but who measures reads it, for cells of few people stand here as they are, and what
-- «forget» looks for in texts is not to be found in it by chance. Either table may be emptied at any moment.
CREATE SCHEMA memo;
COMMENT ON SCHEMA memo IS 'What has been added up already; may be emptied at any moment.';

CREATE TABLE memo.sums (
    period text NOT NULL CHECK (period ~ '^\d{4}-Q[1-4]$'),
    query text NOT NULL,
    district_code text NOT NULL,
    basis text NOT NULL,
    sums jsonb NOT NULL,
    PRIMARY KEY (period, query, district_code)
);
COMMENT ON TABLE memo.sums IS 'What the rows of an indicator''s query add up to in the communes of a district.';
COMMENT ON COLUMN memo.sums.query IS 'The name of the file in warehouse_sql/indicators.';
COMMENT ON COLUMN memo.sums.district_code IS 'Or the province''s, for the rows that belong to it alone.';
COMMENT ON COLUMN memo.sums.basis IS 'A hash of all that the sums follow from: whoever finds another one adds up anew.';
COMMENT ON COLUMN memo.sums.sums IS
'[code, unit, kind of link or null, numerator, denominator or null, rows that count], numbers as their exact texts.';

CREATE TABLE memo.links (
    period text NOT NULL CHECK (period ~ '^\d{4}-Q[1-4]$'),
    pair text NOT NULL,
    basis text NOT NULL,
    grounds jsonb NOT NULL,
    PRIMARY KEY (period, pair)
);
COMMENT ON TABLE memo.links IS 'What the links of a pair of datasets make the figures of each district rest on.';
COMMENT ON COLUMN memo.links.basis IS 'A hash of the submissions that count and of the run of «link».';
COMMENT ON COLUMN memo.links.grounds IS
'District of the register: [hash of its links, hash of those that an officer decided, districts of the other side].';

GRANT USAGE ON SCHEMA memo TO loader;
GRANT SELECT, INSERT, DELETE ON memo.sums, memo.links TO loader;

-- The commune of the member too, so that a query can ask for the cards of some communes alone.
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
    AND (
        l.method = 'confirmed'
        OR (m.insurance_number IS DISTINCT FROM c.insurance_number AND m.id_number IS DISTINCT FROM c.id_number)
    );
COMMENT ON COLUMN core.card_member.commune IS 'public: the commune of the register that the member belongs to';

-- As it was, but «numbered» is asked once: PostgreSQL makes what is asked twice for all quarters.
CREATE OR REPLACE VIEW core.loan_household AS
WITH numbered AS (
    -- A head is a member too: the same number of a household may stand twice.
    SELECT DISTINCT period, commune, household_code, id_number FROM core.household_number
),

exact AS NOT MATERIALIZED (
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
            SELECT 1 FROM core.household_number AS n
            WHERE
                n.period = l.period AND n.commune = l.commune AND n.household_code = l.household_code
                AND n.id_number = l.borrower_id_number
        )
),

decided AS (
    SELECT
        submission_id, sheet, row, register_submission_id, register_sheet, register_row, method
    FROM core.link_standing
    WHERE pair = 'loan' AND method IN ('confirmed', 'refused')
)

SELECT
    e.period, e.submission_id, e.sheet, e.row, e.commune, e.classification, e.loan_submission_id, e.loan_sheet,
    e.loan_row, e.owed, e.method
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
    coalesce(f.outstanding, 0) + coalesce(f.overdue, 0) + coalesce(f.frozen, 0) AS owed, l.method
FROM core.link AS l
INNER JOIN core.register_household AS h
    ON
        l.period = h.period AND l.register_submission_id = h.submission_id AND l.register_sheet = h.sheet
        AND l.register_row = h.row
INNER JOIN core.credit_loan AS f
    ON l.period = f.period AND l.submission_id = f.submission_id AND l.sheet = f.sheet AND l.row = f.row
WHERE l.pair = 'loan' AND l.method = 'confirmed'
UNION ALL
SELECT
    h.period, h.submission_id, h.sheet, h.row, h.commune, h.classification, l.submission_id AS loan_submission_id,
    l.sheet AS loan_sheet, l.row AS loan_row,
    coalesce(f.outstanding, 0) + coalesce(f.overdue, 0) + coalesce(f.frozen, 0) AS owed, l.method
FROM core.link AS l
INNER JOIN core.register_household AS h
    ON
        l.period = h.period AND l.register_submission_id = h.submission_id AND l.register_sheet = h.sheet
        AND l.register_row = h.row
INNER JOIN core.credit_loan AS f
    ON l.period = f.period AND l.submission_id = f.submission_id AND l.sheet = f.sheet AND l.row = f.row
WHERE
    l.pair = 'loan'
    AND l.method <> 'confirmed'
    AND (h.commune = f.commune AND h.household_code = f.household_code) IS NOT TRUE
    AND NOT EXISTS (
        SELECT 1 FROM core.household_number AS n
        WHERE
            n.period = h.period AND n.commune = h.commune AND n.household_code = h.household_code
            AND n.id_number = f.borrower_id_number
    );
