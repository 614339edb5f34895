/*
order: 130
group: education
unit: "%"
kind: rate
direction: higher
datasets: [register_household, register_member, education_pupil]
needs_commune_row: false
linked: pupil
basis: "KH 40/KH-UBND (31/01/2018); NĐ 86/2015/NĐ-CP"
notes: "Pupil: commune + household code + name + year of birth; status enrolled. Age = year of the day − year of birth."
codes:
  EDU_ATTENDANCE:
    vi: "Tỷ lệ trẻ em nghèo 6–14 tuổi đi học"
    en: "School attendance of poor children of 6–14"
*/
WITH enrolled AS MATERIALIZED (
    SELECT DISTINCT ON (submission_id, sheet, row) submission_id, sheet, row, method
    FROM core.pupil_member
    WHERE
        period = :period AND status = 'enrolled'
        AND core.is_poor(classification)
        AND extract(YEAR FROM cast(:day AS date))::int - birth_year BETWEEN 6 AND 14
        AND (cast(:communes AS text[]) IS NULL OR commune = any(cast(:communes AS text[])))
    ORDER BY submission_id, sheet, row, core.link_rank(method)
)

SELECT
    'EDU_ATTENDANCE' AS code, m.commune AS unit_code, (e.row IS NOT NULL)::int AS numerator,
    1::numeric AS denominator, m.submission_id, m.sheet, m.row, e.method AS link
FROM core.member_household AS m
LEFT JOIN enrolled AS e ON m.submission_id = e.submission_id AND m.sheet = e.sheet AND m.row = e.row
WHERE
    m.period = :period
    AND core.is_poor(m.classification)
    AND extract(YEAR FROM cast(:day AS date))::int - m.birth_year BETWEEN 6 AND 14
