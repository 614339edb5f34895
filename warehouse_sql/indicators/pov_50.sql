/*
order: 50
group: poverty
unit: "xã"
kind: count
direction: lower
datasets: [register_household, register_commune]
needs_commune_row: true
people: none
basis: "KH 40/KH-UBND (31/01/2018), III.6: 44 xã"
not_rebased: "counts communes, each by a rate of its own: these do not add up when communes merge"
notes: "A commune without households counts as none. The contributing row is the commune row."
codes:
  POV_50:
    vi: "Số xã có tỷ lệ hộ nghèo từ 50 % trở lên"
    en: "Communes with a poor rate of 50 % or more"
*/
WITH poor AS (
    SELECT commune, count(*) AS households
    FROM core.register_household
    WHERE period = :period AND core.is_poor(classification)
    GROUP BY commune
)

SELECT
    'POV_50' AS code, c.commune AS unit_code,
    CASE WHEN c.households > 0 AND 2 * coalesce(p.households, 0) >= c.households THEN 1 ELSE 0 END AS numerator,
    NULL::numeric AS denominator, c.submission_id, c.sheet, c.row
FROM core.register_commune AS c
LEFT JOIN poor AS p ON c.commune = p.commune
WHERE c.period = :period
