/*
order: 126
group: health_insurance
unit: "thẻ"
kind: count
direction: lower
datasets: [register_household, register_member, health_card]
needs_commune_row: false
linked: card
across: [register_household, register_member, health_card]
basis: "NĐ 146/2018/NĐ-CP; KH 40/KH-UBND (31/01/2018)"
notes: >-
  Cards valid on the day that end within the 30 days after it, of members of poor and near-poor households, at the
  card's commune.
codes:
  HI_EXPIRING:
    vi: "Số thẻ BHYT của người nghèo, cận nghèo hết hạn trong 30 ngày tới"
    en: "Cards of poor and near-poor persons that lapse within 30 days"
*/
SELECT DISTINCT ON (card_submission_id, card_sheet, card_row)
    'HI_EXPIRING' AS code, card_commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    card_submission_id AS submission_id, card_sheet AS sheet, card_row AS row, method AS link
FROM core.card_member
WHERE
    period = :period
    AND core.is_listed(classification)
    AND :day BETWEEN valid_from AND valid_to
    AND valid_to > :day
    AND valid_to <= cast(:day AS date) + 30
ORDER BY card_submission_id, card_sheet, card_row, core.link_rank(method)
