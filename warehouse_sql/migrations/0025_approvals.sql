-- What a person approved, line by line, and whether the quarter had fewer sources than the least that is published.
ALTER TABLE quality.decision ADD COLUMN shown text;
ALTER TABLE quality.decision ADD COLUMN below_minimum boolean NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN quality.decision.shown IS 'Sources missing and figures without value, as they were when it was decided.';
COMMENT ON COLUMN quality.decision.below_minimum IS 'Approved although GIAMNGHEO_LEAST_COMPLETENESS was not reached.';
