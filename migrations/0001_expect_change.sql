-- `insert into expect_change select changes()` fails, and with it the batch it stands in, when the statement
-- before it changed no row: compare-and-set for batches, which cannot look at a result before they go on.
CREATE VIEW expect_change AS SELECT 1 AS changed;
--> statement-breakpoint
CREATE TRIGGER expect_change_insert INSTEAD OF INSERT ON expect_change WHEN NEW.changed = 0
BEGIN
  SELECT RAISE(ABORT, 'expected a change');
END;
