/*
order: 158
group: water
unit: "công trình"
kind: count
direction: lower
datasets: [water_works]
needs_commune_row: false
people: none
basis: "TT 54/2013/TT-BTC"
codes:
  WORKS_STATE.sustainable:
    vi: "Công trình cấp nước bền vững"
    en: "Sustainable water works"
    direction: higher
  WORKS_STATE.fair:
    vi: "Công trình cấp nước tương đối bền vững"
    en: "Fairly sustainable water works"
    direction: higher
  WORKS_STATE.weak:
    vi: "Công trình cấp nước kém bền vững"
    en: "Weak water works"
  WORKS_STATE.not_working:
    vi: "Công trình cấp nước không hoạt động"
    en: "Water works that do not work"
*/
SELECT
    'WORKS_STATE.' || state AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM core.water_works
WHERE period = :period
