-- Sums of indicators by district, kept so that measuring after a correction adds up only what it changes.
-- A schema of its own: nobody but who measures reads it, for cells of few people stand here as they are, and what
-- «forget» looks for in texts is not to be found in it by chance. Either table may be emptied at any moment.
CREATE SCHEMA memo;
COMMENT ON SCHEMA memo IS 'What has been added up already; may be emptied at any moment.';

CREATE TABLE memo.sums (
    period text NOT NULL CHECK (period ~ '^\d{4}-Q[1-4]$'),
    query text NOT NULL,
    district_code text NOT NULL,
    basis text NOT NULL,
    sums jsonb NOT NULL,
    PRIMARY KEY (period, query, district_code)
);
COMMENT ON TABLE memo.sums IS 'What the rows of an indicator''s query add up to in the communes of a district.';
COMMENT ON COLUMN memo.sums.query IS 'The name of the file in warehouse_sql/indicators.';
COMMENT ON COLUMN memo.sums.district_code IS 'Or the province''s, for the rows that belong to it alone.';
COMMENT ON COLUMN memo.sums.basis IS 'A hash of all that the sums follow from: whoever finds another one adds up anew.';
COMMENT ON COLUMN memo.sums.sums IS
'[code, unit, kind of link or null, numerator, denominator or null, rows that count], numbers as their exact texts.';

GRANT USAGE ON SCHEMA memo TO loader;
GRANT SELECT, INSERT, DELETE ON memo.sums TO loader;

-- It only reads a setting, which workers of a parallel query are given; without this no view is read by several.
ALTER FUNCTION core.as_of() PARALLEL SAFE;
