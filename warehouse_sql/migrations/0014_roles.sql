-- Who may see and do what, in PostgreSQL itself. The last migration: it looks at the catalogue as the others leave it.
-- «ref.apply_grants» runs after every upgrade, so that a table or column of a later migration is never forgotten.
-- The roles are made by warehouse_sql/roles.sql.

COMMENT ON COLUMN intake.submission.file_name IS 'pii: the sender''s own words, which may name anybody';
COMMENT ON COLUMN intake.submission.folder IS 'pii: the sender''s own words, which may name anybody';
COMMENT ON COLUMN intake.event.detail IS 'pii: repeats file name and folder';
COMMENT ON COLUMN quality.finding.suggestion IS 'pii: may repeat what stood in the cell';
COMMENT ON COLUMN quality.newest_drop.submission_id IS 'public: the id; the file name only orders the drops';

CREATE TABLE ref.pii_column (
    schema_name name NOT NULL,
    relation name NOT NULL,
    column_name name NOT NULL,
    PRIMARY KEY (schema_name, relation, column_name)
);
COMMENT ON TABLE ref.pii_column IS
'Columns that an analyst may not see, views among them; found anew by ref.find_pii from the comments «pii…».';

CREATE FUNCTION ref.find_pii() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_now integer;
BEGIN
    DELETE FROM ref.pii_column;
    INSERT INTO ref.pii_column
    SELECT n.nspname, c.relname, a.attname
    FROM pg_attribute AS a
    INNER JOIN pg_class AS c ON c.oid = a.attrelid
    INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE
        n.nspname IN ('intake', 'quality', 'history', 'core', 'ref', 'mart') AND c.relkind IN ('r', 'p', 'v', 'm')
        AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
        AND col_description(c.oid, a.attnum) ~ '^pii';
    -- A view's column is pii when a pii column of that name goes into the view; and, in a view that any pii column
    -- goes into, when it has no name that tells where it comes from and no comment «public…».
    LOOP
        INSERT INTO ref.pii_column
        WITH used AS (
            SELECT DISTINCT
                w.ev_class AS view, src.attname AS name,
                EXISTS (
                    SELECT FROM ref.pii_column AS p
                    WHERE p.schema_name = n.nspname AND p.relation = r.relname AND p.column_name = src.attname
                ) AS is_pii
            FROM pg_rewrite AS w
            INNER JOIN pg_depend AS d ON d.objid = w.oid AND d.classid = 'pg_rewrite'::regclass
            INNER JOIN pg_class AS r ON r.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
            INNER JOIN pg_namespace AS n ON n.oid = r.relnamespace
            INNER JOIN pg_attribute AS src ON src.attrelid = r.oid
                AND (src.attnum = d.refobjsubid OR (d.refobjsubid = 0 AND src.attnum > 0))
            WHERE r.oid <> w.ev_class
        )
        SELECT n.nspname, v.relname, a.attname
        FROM pg_class AS v
        INNER JOIN pg_namespace AS n ON n.oid = v.relnamespace
        INNER JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE
            n.nspname IN ('intake', 'quality', 'history', 'core', 'ref', 'mart') AND v.relkind IN ('v', 'm')
            AND coalesce(col_description(v.oid, a.attnum), '') !~ '^public'
            AND EXISTS (SELECT FROM used AS u WHERE u.view = v.oid AND u.is_pii)
            AND (
                EXISTS (SELECT FROM used AS u WHERE u.view = v.oid AND u.is_pii AND u.name = a.attname)
                OR NOT EXISTS (SELECT FROM used AS u WHERE u.view = v.oid AND u.name = a.attname)
            )
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        EXIT WHEN found_now = 0;
    END LOOP;
END $$;
COMMENT ON FUNCTION ref.find_pii IS 'Bring ref.pii_column up to date with the comments and views of the catalogue.';

-- The officer's reads.
CREATE SCHEMA pii;

CREATE TABLE pii.read_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reader text NOT NULL,
    dataset text NOT NULL,
    statement text NOT NULL
);
COMMENT ON TABLE pii.read_log IS 'Every read of personal data by an officer. A rolled-back one stands in the server''s log.';

CREATE FUNCTION pii.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF history.is_forgetting() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'pii.read_log is append-only';
END $$;

CREATE FUNCTION pii.log_read(dataset text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF dataset !~ '^[a-z_]{1,63}$' THEN
        RAISE EXCEPTION 'no dataset is called so';
    END IF;
    -- The server's log keeps what a ROLLBACK takes out of the table; the statement may name a person, so it is not there.
    RAISE LOG 'pii: % reads % (transaction %)', session_user, dataset, pg_current_xact_id();
    INSERT INTO pii.read_log (reader, dataset, statement) VALUES (session_user, dataset, coalesce(current_query(), ''));
    RETURN TRUE;
END $$;
COMMENT ON FUNCTION pii.log_read IS 'Called once by every statement that reads a view of schema pii.';

-- The narrow way past «append-only», for «giamngheo forget» alone: a setting of the transaction, heeded only of the
-- owner of the facts (or a superuser), and each use is told to the server's log.
CREATE FUNCTION history.is_forgetting() RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('giamngheo.forgetting', true), '') = '' THEN
        RETURN FALSE;
    END IF;
    RETURN pg_has_role(
        current_user, (SELECT c.relowner FROM pg_class AS c WHERE c.oid = 'history.register_member'::regclass), 'USAGE'
    );
END $$;
COMMENT ON FUNCTION history.is_forgetting IS
'Whether this transaction takes a person out of the facts: giamngheo.forgetting names the ledger row of it.';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pii.read_log
FOR EACH ROW EXECUTE FUNCTION pii.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON pii.read_log
FOR EACH STATEMENT EXECUTE FUNCTION pii.refuse_change();

CREATE OR REPLACE FUNCTION history.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF history.is_forgetting() THEN
        RAISE LOG 'forgetting %: update of history.%', current_setting('giamngheo.forgetting'), TG_TABLE_NAME;
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'history.% is append-only: correct a file and send it again', TG_TABLE_NAME;
END $$;

CREATE FUNCTION history.make_partition(dataset text, period text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition text := dataset || '_' || lower(replace(period, '-', '_'));
BEGIN
    IF period !~ '^[0-9]{4}-Q[1-4]$' THEN
        RAISE EXCEPTION '% is no period such as 2018-Q4', quote_literal(period);
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'history'::regnamespace AND relname = dataset AND relkind = 'p'
    ) THEN
        RAISE EXCEPTION 'there is no dataset %', quote_literal(dataset);
    END IF;
    PERFORM pg_advisory_xact_lock(4009003);
    IF to_regclass(format('history.%I', partition)) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE history.%I PARTITION OF history.%I FOR VALUES IN (%L)', partition, dataset, period
        );
        EXECUTE format('GRANT MAINTAIN ON history.%I TO loader', partition);
    END IF;
END $$;
COMMENT ON FUNCTION history.make_partition IS
'The partition of a dataset for a period, made if absent: the one piece of DDL that a load needs.';

CREATE FUNCTION ref.grant_reading() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    relation record;
BEGIN
    FOR relation IN
        SELECT
            n.nspname AS schema, c.relname AS name, c.relkind AS kind,
            string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE p.column_name IS NULL) AS seen,
            bool_or(p.column_name IS NOT NULL) AS has_pii,
            bool_or(a.attname IN ('submission_id', 'sector')) AS of_sector
        FROM pg_class AS c
        INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
        INNER JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN ref.pii_column AS p
            ON p.schema_name = n.nspname AND p.relation = c.relname AND p.column_name = a.attname
        WHERE
            n.nspname IN ('core', 'mart', 'ref', 'intake', 'quality') AND c.relkind IN ('r', 'p', 'v', 'm')
            AND NOT c.relispartition
        GROUP BY n.nspname, c.relname, c.relkind
        ORDER BY n.nspname, c.relname
    LOOP
        IF NOT relation.has_pii THEN
            EXECUTE format('GRANT SELECT ON %I.%I TO analyst', relation.schema, relation.name);
        ELSIF relation.seen IS NOT NULL THEN
            EXECUTE format('GRANT SELECT (%s) ON %I.%I TO analyst', relation.seen, relation.schema, relation.name);
        END IF;
        IF relation.has_pii THEN
            EXECUTE format(
                'CREATE VIEW pii.%I WITH (security_barrier) AS SELECT t.* FROM %I.%I AS t'
                || ' WHERE (SELECT pii.log_read(%L))',
                relation.schema || '_' || relation.name, relation.schema, relation.name,
                relation.schema || '_' || relation.name
            );
            EXECUTE format('GRANT SELECT ON pii.%I TO officer', relation.schema || '_' || relation.name);
        END IF;
        IF relation.schema IN ('intake', 'quality') AND relation.kind IN ('r', 'p') AND relation.of_sector THEN
            PERFORM ref.part_by_sector(relation.schema, relation.name);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION ref.grant_reading IS 'What analysts, officers and sectors may read, relation by relation.';

CREATE FUNCTION ref.part_by_sector(in_schema name, in_table name) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own text := 'submission_id IN (SELECT s.id FROM intake.submission AS s)';
    sectors text;
    place text := format('%I.%I', in_schema, in_table);
BEGIN
    SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname) INTO sectors
    FROM pg_roles WHERE rolname LIKE 'sector\_%' AND NOT rolcanlogin;
    IF EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = place::regclass AND attname = 'sector' AND NOT attisdropped
    ) THEN
        own := 'pg_has_role(''sector_'' || sector, ''USAGE'')';
    END IF;
    IF EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = place::regclass AND attname = 'origin' AND NOT attisdropped
    ) THEN
        -- What is found between sectors names people of the other one; a sector is not told of it.
        own := own || ' AND origin <> ''cross''';
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', place);
    EXECUTE format('DROP POLICY IF EXISTS read_all ON %s', place);
    EXECUTE format('DROP POLICY IF EXISTS own_sector ON %s', place);
    EXECUTE format('DROP POLICY IF EXISTS load ON %s', place);
    EXECUTE format('CREATE POLICY read_all ON %s FOR SELECT TO analyst, %s USING (TRUE)', place, sectors);
    -- Restrictive: whoever is also an analyst must not see other sectors' cells through the columns of its own.
    EXECUTE format('CREATE POLICY own_sector ON %s AS RESTRICTIVE FOR SELECT TO %s USING (%s)', place, sectors, own);
    EXECUTE format('CREATE POLICY load ON %s TO loader USING (TRUE) WITH CHECK (TRUE)', place);
    EXECUTE format('GRANT SELECT ON %s TO %s', place, sectors);
END $$;
COMMENT ON FUNCTION ref.part_by_sector IS 'Row-level security of a table of submissions: a sector sees its own.';

CREATE FUNCTION ref.drop_officer_views() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'pii'::regnamespace AND relkind = 'v' LOOP
        EXECUTE format('DROP VIEW pii.%I', one.relname);
    END LOOP;
END $$;
COMMENT ON FUNCTION ref.drop_officer_views IS
'Before an upgrade, which may replace the views below them; ref.apply_grants makes them anew.';

CREATE FUNCTION ref.apply_grants() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    everyone text;
    one record;
BEGIN
    PERFORM ref.find_pii();
    SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname) INTO everyone
    FROM pg_roles
    WHERE NOT rolcanlogin AND (rolname IN ('loader', 'analyst', 'officer') OR rolname LIKE 'sector\_%');

    FOR one IN
        SELECT quote_ident(nspname) AS name FROM pg_namespace
        WHERE nspname IN ('intake', 'quality', 'history', 'core', 'ref', 'mart', 'pii')
    LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA %s FROM PUBLIC, %s', one.name, everyone);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM PUBLIC, %s', one.name, everyone);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %s FROM PUBLIC, %s', one.name, everyone);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %s FROM PUBLIC, %s', one.name, everyone);
    END LOOP;
    PERFORM ref.drop_officer_views();

    GRANT USAGE ON SCHEMA core, mart, ref, intake, quality TO analyst;
    GRANT USAGE ON SCHEMA pii TO officer;
    GRANT EXECUTE ON FUNCTION pii.log_read TO officer;
    EXECUTE format('GRANT USAGE ON SCHEMA ref, intake, quality TO %s', everyone);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA ref TO %s', everyone);
    PERFORM ref.grant_reading();

    GRANT USAGE ON SCHEMA core, mart, ref, intake, quality, history TO loader;
    GRANT SELECT ON ALL TABLES IN SCHEMA core, ref TO loader;
    GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA intake, quality, mart TO loader;
    GRANT SELECT, INSERT, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA history TO loader;
    GRANT EXECUTE ON FUNCTION history.make_partition TO loader;
    REVOKE INSERT, UPDATE, DELETE ON intake.forgetting FROM loader;
    -- A function that runs with its caller's rights gives nothing away.
    FOR one IN
        SELECT
            p.oid::regprocedure AS name,
            CASE WHEN n.nspname IN ('core', 'mart', 'quality') THEN 'analyst, loader' ELSE 'loader' END AS whom
        FROM pg_proc AS p
        INNER JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE
            n.nspname IN ('core', 'mart', 'quality', 'intake', 'history')
            AND NOT p.prosecdef AND p.prokind <> 'p' AND p.prorettype <> 'trigger'::regtype
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', one.name, one.whom);
    END LOOP;
END $$;
COMMENT ON FUNCTION ref.apply_grants IS
'Grant to each role what it may see and do, from the catalogue as it stands; safe to repeat. Only the owner may call it.';
