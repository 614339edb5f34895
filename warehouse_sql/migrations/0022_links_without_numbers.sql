-- A number that neither row states joins nothing. IS DISTINCT FROM takes two empty cells for the same number, so every
-- link between a member and a card that both lack a CMND/CCCD was dropped. A link is left out only where a number that
-- both rows state is equal: then the exact join has the pair already.
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
    WHERE (m.insurance_number = c.insurance_number) IS NOT TRUE
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
        OR (m.insurance_number = c.insurance_number OR m.id_number = c.id_number) IS NOT TRUE
    );
