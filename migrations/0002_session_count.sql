-- The list of sessions names its last page. Counting on every request would take as long as there are many sessions.
CREATE TRIGGER session_count_insert AFTER INSERT ON radacct
BEGIN
  INSERT INTO session_count (organization_id, sessions) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET sessions = sessions + 1;
END;
--> statement-breakpoint
CREATE TRIGGER session_count_delete AFTER DELETE ON radacct
BEGIN
  UPDATE session_count SET sessions = sessions - 1 WHERE organization_id = OLD.organization_id;
END;
