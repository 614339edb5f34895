-- Who is who across sectors: links between rows of a sector and rows of the register (etl/linking).
-- Append-only like all of history: a link that no longer holds gets an end, so that every past moment shows its own.

CREATE TABLE history.link (
    link_id text NOT NULL,
    linked_at timestamptz NOT NULL,
    period text NOT NULL CHECK (period ~ '^\d{4}-Q[1-4]$'),
    pair text NOT NULL CHECK (pair IN ('card', 'pupil', 'loan', 'housing')),
    submission_id text NOT NULL,
    sheet text NOT NULL,
    row integer NOT NULL CHECK (row >= 1),
    district_code text NOT NULL,
    register_submission_id text NOT NULL,
    register_sheet text NOT NULL,
    register_row integer NOT NULL CHECK (register_row >= 1),
    register_district_code text NOT NULL,
    method text NOT NULL CHECK (method IN (
        'confirmed', 'insurance_number', 'id_number', 'household_code', 'household_name_birth', 'probable', 'refused'
    )),
    weight double precision,
    probability double precision CHECK (probability BETWEEN 0 AND 1),
    agreed jsonb,
    PRIMARY KEY (link_id, linked_at)
);
COMMENT ON TABLE history.link IS
'Rows of a sector and of the register that are about one person or household, and pairs that an officer has refused.';
COMMENT ON COLUMN history.link.link_id IS 'Told from period, pair and the natural keys of both rows: the same in every run.';
COMMENT ON COLUMN history.link.weight IS 'Bits, log2 of the odds, of what the model has weighed; none of an exact link.';
COMMENT ON COLUMN history.link.agreed IS 'Comparison: the level found and its bits.';
CREATE INDEX link_period ON history.link (period, pair, linked_at);

CREATE TABLE history.link_end (
    link_id text NOT NULL,
    linked_at timestamptz NOT NULL,
    unlinked_at timestamptz NOT NULL,
    PRIMARY KEY (link_id, linked_at),
    FOREIGN KEY (link_id, linked_at) REFERENCES history.link (link_id, linked_at)
);
COMMENT ON TABLE history.link_end IS 'From when on a link holds no longer.';

-- In place of two foreign keys, which took two thirds of the time of 30,000 links: asked once a statement. Nobody can
-- take a submission away later, its rows hold on to it.
CREATE FUNCTION history.refuse_strangers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT submission_id AS id FROM added UNION SELECT register_submission_id FROM added) AS named
        WHERE NOT EXISTS (SELECT 1 FROM intake.submission AS s WHERE s.id = named.id)
    ) THEN
        RAISE EXCEPTION 'history.link names a submission that is not there' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER known_submissions AFTER INSERT ON history.link
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_strangers();

CREATE TRIGGER append_only BEFORE UPDATE ON history.link
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();
CREATE TRIGGER append_only BEFORE UPDATE ON history.link_end
FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_update();

CREATE TABLE history.link_run (
    period text NOT NULL CHECK (period ~ '^\d{4}-Q[1-4]$'),
    at timestamptz NOT NULL,
    basis jsonb NOT NULL,
    parts jsonb NOT NULL,
    quality jsonb NOT NULL,
    added integer NOT NULL,
    ended integer NOT NULL,
    PRIMARY KEY (period, at)
);
COMMENT ON TABLE history.link_run IS 'Every run that changed a link, or what links rest on.';
COMMENT ON COLUMN history.link_run.basis IS 'Officers'' decisions, and the submission that counted of each dataset and district.';
COMMENT ON COLUMN history.link_run.parts IS
'Pair and district: a fingerprint of the rows that went in, true links thought missed, rows of both sides, links by method, how many of them are thought right.';
COMMENT ON COLUMN history.link_run.quality IS 'Pair: links by method, rows without one, expected precision and recall.';

CREATE TABLE history.link_model (
    period text PRIMARY KEY CHECK (period ~ '^\d{4}-Q[1-4]$'),
    trained_at timestamptz NOT NULL,
    version integer NOT NULL,
    trained jsonb NOT NULL
);
COMMENT ON TABLE history.link_model IS 'What the model of a period was trained to, once, so that a later run weighs alike.';
COMMENT ON COLUMN history.link_model.trained IS 'pii: m and u of every level; shares of the names that many have.';

CREATE VIEW core.link_standing AS
SELECT
    l.period, l.pair, l.link_id, l.submission_id, l.sheet, l.row, l.district_code, l.register_submission_id,
    l.register_sheet, l.register_row, l.register_district_code, l.method, l.weight, l.probability, l.agreed,
    l.linked_at
FROM history.link AS l
WHERE
    -- IS TRUE keeps these from becoming joins, whose rows the planner takes for far too few.
    ((l.period, l.submission_id, l.district_code) IN (
        SELECT c.period, c.submission_id, c.district_code FROM core.current_coverage AS c
    )) IS TRUE
    AND ((l.period, l.register_submission_id, l.register_district_code) IN (
        SELECT r.period, r.submission_id, r.district_code FROM core.current_coverage AS r
    )) IS TRUE
    -- Asked once, not for each of many rows.
    AND l.linked_at <= (SELECT core.as_of())
    AND NOT EXISTS (
        SELECT 1 FROM history.link_end AS e
        WHERE e.link_id = l.link_id AND e.linked_at = l.linked_at AND e.unlinked_at <= (SELECT core.as_of())
    );
COMMENT ON VIEW core.link_standing IS 'Links and refused pairs as they stand, of rows that count.';

CREATE VIEW core.link AS
SELECT
    period, pair, link_id, submission_id, sheet, row, district_code, register_submission_id, register_sheet,
    register_row, register_district_code, method, weight, probability, agreed, linked_at
FROM core.link_standing
WHERE method <> 'refused';
COMMENT ON VIEW core.link IS 'Who is who across sectors: a row of a sector and a row of the register, how and how surely.';

CREATE VIEW core.link_refused AS
SELECT
    period, pair, submission_id, sheet, row, register_submission_id, register_sheet, register_row
FROM core.link_standing
WHERE method = 'refused';
COMMENT ON VIEW core.link_refused IS 'Pairs that an officer has refused: no identifier joins them either.';
