-- What became of each commune, so that a figure can be told on the units of a later day.
CREATE TABLE ref.unit_successor (
    id integer PRIMARY KEY,
    code text,
    valid_from date,
    changed_on date NOT NULL,
    new_code text,
    new_valid_from date,
    share text NOT NULL CHECK (share IN ('whole', 'main', 'part')),
    basis text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'memory')),
    FOREIGN KEY (code, valid_from) REFERENCES ref.unit (code, valid_from) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (new_code, new_valid_from) REFERENCES ref.unit (code, valid_from) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE NULLS NOT DISTINCT (code, valid_from, changed_on, new_code, new_valid_from),
    CONSTRAINT says_something CHECK (code IS NOT NULL OR new_code IS NOT NULL)
);
COMMENT ON TABLE ref.unit_successor IS 'Successors of communes; the key of a unit is (code, valid_from).';
COMMENT ON COLUMN ref.unit_successor.code IS 'Null: territory whose former communes the reference does not have.';
COMMENT ON COLUMN ref.unit_successor.new_code IS 'Null: a part of which the reference does not say who got it.';
COMMENT ON COLUMN ref.unit_successor.share IS
'whole; of a divided commune main, the part that it counts with, and part, each other.';
