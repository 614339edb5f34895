-- The groups of people, made if absent: roles belong to the server, and several databases on it may use them.
-- A person's login is a member of one of these; see docs/deploy.md.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'loader', 'analyst', 'officer', 'sector_register', 'sector_credit', 'sector_health_insurance',
        'sector_education', 'sector_housing', 'sector_water'
    ] LOOP
        IF to_regrole(wanted) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                -- Another database of this server is being made ready at the same moment.
                NULL;
            END;
        END IF;
    END LOOP;
    IF NOT EXISTS (
        SELECT FROM pg_auth_members WHERE roleid = 'analyst'::regrole AND member = 'officer'::regrole
    ) THEN
        BEGIN
            GRANT analyst TO officer;
        EXCEPTION WHEN unique_violation OR internal_error THEN
            NULL;
        END;
    END IF;
END $$;
