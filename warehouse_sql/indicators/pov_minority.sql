/*
order: 45
group: poverty
unit: "%"
kind: rate
direction: lower
datasets: [register_household, register_commune]
needs_commune_row: true
basis: "QĐ 59/2015/QĐ-TTg; TT 17/2016/TT-BLĐTBXH"
notes: >-
  Ethnicity other than Kinh. A commune whose row does not say how many households are of a minority is left out of both
  sums.
codes:
  POV_MINORITY:
    vi: "Tỷ lệ hộ nghèo trong hộ dân tộc thiểu số"
    en: "Poor rate among ethnic-minority households"
*/
SELECT
    'POV_MINORITY' AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM core.register_household
WHERE
    period = :period
    AND core.is_poor(classification)
    AND ethnicity <> 'Kinh'
    AND commune IN (
        SELECT c.commune FROM core.register_commune AS c
        WHERE c.period = :period AND c.households_minority IS NOT NULL
    )
UNION ALL
SELECT 'POV_MINORITY', commune, 0, households_minority, submission_id, sheet, row
FROM core.register_commune
WHERE period = :period AND households_minority IS NOT NULL
