-- How an edition's figures compare with earlier ones, as it was told when it was published.
CREATE TABLE mart.edition_comparison (
    period text NOT NULL,
    number integer NOT NULL,
    place integer NOT NULL,
    comparison jsonb NOT NULL,
    PRIMARY KEY (period, number, place),
    FOREIGN KEY (period, number) REFERENCES mart.edition (period, number)
);
COMMENT ON TABLE mart.edition_comparison IS
'A figure of province, group or district beside the previous quarter, a year ago, the year''s start and its target.';
COMMENT ON COLUMN mart.edition_comparison.place IS 'Its place in the order of the report.';
