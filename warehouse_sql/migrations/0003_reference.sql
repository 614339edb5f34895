-- Reference data, loaded from etl/reference by «giamngheo init».
CREATE SCHEMA ref;

CREATE TABLE ref.unit (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    level text NOT NULL CHECK (level IN ('commune', 'district', 'province')),
    name text NOT NULL,
    type text NOT NULL,
    parent_code text,
    is_rural boolean NOT NULL,
    is_30a boolean NOT NULL,
    PRIMARY KEY (code, valid_from)
);
COMMENT ON TABLE ref.unit IS 'Administrative units while they are valid; codes were reused over time.';
COMMENT ON COLUMN ref.unit.valid_to IS 'The day of the change: the unit is valid up to the day before.';

CREATE TABLE ref.programme (code text PRIMARY KEY, name text NOT NULL, ceiling bigint);
CREATE TABLE ref.object_code (code text PRIMARY KEY, name text NOT NULL, benefit_level integer NOT NULL);
CREATE TABLE ref.ethnic_group (code text PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE ref.poverty_standard (
    id text PRIMARY KEY, valid_from date NOT NULL, valid_to date NOT NULL, body jsonb NOT NULL
);
CREATE TABLE ref.target (
    indicator text NOT NULL,
    scope text NOT NULL,
    op text NOT NULL,
    value numeric NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (indicator, scope, valid_from)
);
CREATE TABLE ref.figure (
    id integer PRIMARY KEY,
    year integer NOT NULL,
    as_of text NOT NULL,
    scope text NOT NULL,
    metric text NOT NULL,
    value numeric NOT NULL,
    unit text NOT NULL,
    poverty_standard text NOT NULL,
    status text NOT NULL,
    source text NOT NULL,
    note text NOT NULL
);
COMMENT ON TABLE ref.figure IS 'Published figures with their source; status says whether found or from memory.';
