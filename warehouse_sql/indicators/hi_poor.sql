/*
order: 120
group: health_insurance
unit: "%"
kind: rate
direction: higher
datasets: [register_household, register_member, health_card]
needs_commune_row: false
linked: card
across: [health_card]
basis: "KH 40/KH-UBND (31/01/2018); NĐ 105/2014/NĐ-CP"
notes: "Person: insurance number, else CMND/CCCD."
codes:
  HI_POOR:
    vi: "Tỷ lệ người nghèo có thẻ BHYT"
    en: "Coverage of poor persons"
  HI_NEAR_POOR:
    vi: "Tỷ lệ người cận nghèo có thẻ BHYT"
    en: "Coverage of near-poor persons"
*/
WITH covered AS MATERIALIZED (
    SELECT DISTINCT ON (submission_id, sheet, row) submission_id, sheet, row, method
    FROM core.card_member
    WHERE
        period = :period AND :day BETWEEN valid_from AND valid_to
        AND (cast(:communes AS text[]) IS NULL OR commune = any(cast(:communes AS text[])))
    ORDER BY submission_id, sheet, row, core.link_rank(method)
)

SELECT
    CASE m.classification WHEN 'near_poor' THEN 'HI_NEAR_POOR' ELSE 'HI_POOR' END AS code,
    m.commune AS unit_code, (c.row IS NOT NULL)::int AS numerator, 1::numeric AS denominator,
    m.submission_id, m.sheet, m.row, c.method AS link
FROM core.member_household AS m
LEFT JOIN covered AS c ON m.submission_id = c.submission_id AND m.sheet = c.sheet AND m.row = c.row
WHERE m.period = :period AND core.is_listed(m.classification)
