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
WITH held AS NOT MATERIALIZED (
    SELECT commune, insurance_number, submission_id, sheet, row
    FROM core.health_card
    WHERE
        period = :period AND :day BETWEEN valid_from AND valid_to
        AND (cast(:communes AS text[]) IS NULL OR commune = any(cast(:communes AS text[])))
),

-- Few are: counted first, so that not all the cards of a province have to be sorted.
repeated AS MATERIALIZED (
    SELECT commune, insurance_number
    FROM held
    GROUP BY commune, insurance_number
    HAVING count(*) > 1
)

SELECT DISTINCT ON (h.commune, h.insurance_number)
    'HI_DUPLICATE' AS code, h.commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    h.submission_id, h.sheet, h.row
FROM held AS h
INNER JOIN repeated AS r ON h.commune = r.commune AND h.insurance_number = r.insurance_number
ORDER BY h.commune, h.insurance_number, h.submission_id, h.sheet, h.row
