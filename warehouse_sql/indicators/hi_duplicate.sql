/*
order: 123
group: health_insurance
unit: "người"
kind: count
direction: lower
datasets: [health_card]
needs_commune_row: false
basis: "Luật BHYT; NĐ 146/2018/NĐ-CP"
notes: >-
  Insurance numbers with more than one card valid on the day in a commune. The contributing row is the first of the
  cards.
codes:
  HI_DUPLICATE:
    vi: "Số người có từ hai thẻ BHYT còn giá trị"
    en: "Persons holding more than one valid card"
*/
WITH valid AS (
    SELECT
        commune, submission_id, sheet, row,
        row_number() OVER person AS place, count(*) OVER (PARTITION BY commune, insurance_number) AS cards
    FROM core.health_card
    WHERE period = :period AND :day BETWEEN valid_from AND valid_to
    WINDOW person AS (PARTITION BY commune, insurance_number ORDER BY submission_id, sheet, row)
)

SELECT
    'HI_DUPLICATE' AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM valid
WHERE cards > 1 AND place = 1
