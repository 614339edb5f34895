/*
order: 36
group: poverty
unit: "hộ"
kind: count
direction: lower
datasets: [register_household]
needs_commune_row: false
cumulative: true
summary: false
basis: "TT 17/2016/TT-BLĐTBXH"
notes: "Poor households only. Escaped: class escaped_poor; returned, new: poor households by their stated change."
codes:
  POV_MOVES.escaped:
    vi: "Số hộ thoát nghèo"
    en: "Households that escaped poverty"
    direction: higher
  POV_MOVES.returned:
    vi: "Số hộ tái nghèo"
    en: "Households that fell back into poverty"
  POV_MOVES.new:
    vi: "Số hộ nghèo phát sinh mới"
    en: "Newly poor households"
*/
SELECT
    CASE
        WHEN classification = 'escaped_poor' THEN 'POV_MOVES.escaped'
        WHEN change = 'returned' THEN 'POV_MOVES.returned'
        ELSE 'POV_MOVES.new'
    END AS code,
    commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator, submission_id, sheet, row
FROM core.register_household
WHERE
    period = :period
    AND (
        classification = 'escaped_poor'
        OR (core.is_poor(classification) AND change IN ('returned', 'new'))
    )
