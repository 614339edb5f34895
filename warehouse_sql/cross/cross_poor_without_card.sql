-- Persons of poor households, each with the card that ran longest, and whether one is valid on the day.
-- Who has no number in the register cannot be found among the cards: without a card that is a lead, no more.
WITH held AS (
    SELECT
        submission_id, sheet, row, card_submission_id, card_sheet, card_row, valid_to,
        bool_or(:day BETWEEN valid_from AND valid_to) OVER own AS has_card,
        row_number() OVER (own ORDER BY valid_to DESC, card_sheet ASC, card_row ASC) AS place
    FROM core.card_member
    WHERE period = :period AND core.is_poor(classification)
    WINDOW own AS (PARTITION BY submission_id, sheet, row)
)

SELECT
    m.submission_id, m.sheet, m.row, m.commune AS unit_code, m.insurance_number AS value,
    h.card_submission_id AS other_submission_id, h.card_sheet AS other_sheet, h.card_row AS other_row,
    to_char(h.valid_to, 'DD/MM/YYYY') AS other_value, NULL::bigint AS difference,
    num_nonnulls(m.insurance_number, m.id_number) > 0 AS certain,
    coalesce(h.has_card, FALSE) AS has_card
FROM core.member_household AS m
LEFT JOIN held AS h ON m.submission_id = h.submission_id AND m.sheet = h.sheet AND m.row = h.row AND h.place = 1
WHERE
    m.period = :period
    AND m.district_code = any(:districts)
    AND core.is_poor(m.classification)
