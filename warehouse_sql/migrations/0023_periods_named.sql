-- A rejected file may have no period of its own and still name one or several: in its title, its name, its folder.
-- It is shown in each of them.
ALTER TABLE intake.submission
ADD COLUMN periods_named text[] NOT NULL DEFAULT '{}'
CHECK (array_to_string(periods_named, ' ') ~ '^(\d{4}-Q[1-4]( |$))*$');
COMMENT ON COLUMN intake.submission.periods_named IS
'Every period that title, file name or folder names, also where they disagree; with its period, where it has one.';

UPDATE intake.submission SET periods_named = ARRAY[period]
WHERE period IS NOT NULL;
