/*
order: 120
group: health_insurance
unit: "%"
kind: rate
direction: higher
datasets: [register_household, register_member, health_card]
needs_commune_row: false
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
WITH valid_card AS MATERIALIZED (
    SELECT insurance_number, id_number
    FROM core.health_card
    WHERE period = :period AND :day BETWEEN valid_from AND valid_to
)

SELECT
    CASE h.classification WHEN 'near_poor' THEN 'HI_NEAR_POOR' ELSE 'HI_POOR' END AS code,
    m.commune AS unit_code,
    (
        m.insurance_number IN (
            SELECT v.insurance_number FROM valid_card AS v
            WHERE v.insurance_number IS NOT NULL
        ) IS TRUE
        OR m.id_number IN (
            SELECT v.id_number FROM valid_card AS v
            WHERE v.id_number IS NOT NULL
        ) IS TRUE
    )::int AS numerator,
    1::numeric AS denominator, m.submission_id, m.sheet, m.row
FROM core.register_member AS m
INNER JOIN core.register_household AS h
    ON m.period = h.period AND m.commune = h.commune AND m.household_code = h.household_code
WHERE
    m.period = :period
    AND h.period = :period
    AND h.classification IN ('poor_income', 'poor_deprivation', 'near_poor')
