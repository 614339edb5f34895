/*
order: 130
group: education
unit: "%"
kind: rate
direction: higher
datasets: [register_household, register_member, education_pupil]
needs_commune_row: false
basis: "KH 40/KH-UBND (31/01/2018); NĐ 86/2015/NĐ-CP"
notes: "Pupil: commune + household code + name + year of birth; status enrolled. Age = year of the day − year of birth."
codes:
  EDU_ATTENDANCE:
    vi: "Tỷ lệ trẻ em nghèo 6–14 tuổi đi học"
    en: "School attendance of poor children of 6–14"
*/
WITH enrolled AS MATERIALIZED (
    SELECT DISTINCT commune, household_code, full_name_key, extract(YEAR FROM birth)::int AS birth_year
    FROM core.education_pupil
    WHERE period = :period AND status = 'enrolled' AND household_code IS NOT NULL
)

SELECT
    'EDU_ATTENDANCE' AS code, m.commune AS unit_code, (e.commune IS NOT NULL)::int AS numerator,
    1::numeric AS denominator, m.submission_id, m.sheet, m.row
FROM core.register_member AS m
INNER JOIN core.register_household AS h
    ON m.period = h.period AND m.commune = h.commune AND m.household_code = h.household_code
LEFT JOIN enrolled AS e
    ON
        m.commune = e.commune
        AND m.household_code = e.household_code
        AND m.full_name_key = e.full_name_key
        AND m.birth_year = e.birth_year
WHERE
    m.period = :period
    AND h.period = :period
    AND h.classification IN ('poor_income', 'poor_deprivation')
    AND extract(YEAR FROM cast(:day AS date))::int - m.birth_year BETWEEN 6 AND 14
