/*
order: 37
group: poverty
unit: "hộ"
kind: count
direction: lower
datasets: [register_household, register_commune]
needs_commune_row: true
cumulative: true
summary: false
people: none
hides_with: [POV_RATE, POV_MOVES.start, POV_MOVES.escaped, POV_MOVES.returned, POV_MOVES.new]
basis: "TT 17/2016/TT-BLĐTBXH"
notes: "End − (start − escaped + returned + new); 0 where the moves foot. A row contributes what it adds to this sum."
codes:
  POV_MOVES.difference:
    vi: "Chênh lệch: cuối kỳ − (đầu năm − thoát + tái nghèo + phát sinh)"
    en: "Difference: end less what start and moves make of it"
*/
-- A poor household that is new or has returned stands on both sides of the identity, and adds nothing.
SELECT
    'POV_MOVES.difference' AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM core.register_household
WHERE
    period = :period
    AND (
        classification = 'escaped_poor'
        OR (
            core.is_poor(classification)
            AND coalesce(change, '') NOT IN ('returned', 'new')
        )
    )
UNION ALL
SELECT 'POV_MOVES.difference', commune, -poor_start, NULL, submission_id, sheet, row
FROM core.register_commune
WHERE period = :period
