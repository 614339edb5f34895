/*
order: 110
group: health_insurance
unit: "%"
kind: rate
direction: higher
datasets: [health_card, register_commune]
needs_commune_row: true
basis: "KH 40/KH-UBND (31/01/2018), II.5; Luật BHYT"
notes: "Distinct insurance numbers of a commune with a card valid on the day, over its persons."
codes:
  HI_COVERAGE:
    vi: "Tỷ lệ bao phủ bảo hiểm y tế"
    en: "Health-insurance coverage"
*/
(
    SELECT DISTINCT ON (commune, insurance_number)
        'HI_COVERAGE' AS code,
        commune AS unit_code,
        1 AS numerator,
        NULL::numeric AS denominator,
        submission_id,
        sheet,
        row
    FROM core.health_card
    WHERE period = :period AND :day BETWEEN valid_from AND valid_to
    ORDER BY commune, insurance_number, submission_id, sheet, row
)
UNION ALL
SELECT 'HI_COVERAGE', commune, 0, persons, submission_id, sheet, row
FROM core.register_commune
WHERE period = :period
