CREATE TABLE `session_alias` (
	`organization_id` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`organization_id`, `kind`, `value`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `radacct_username_start`;--> statement-breakpoint
DROP INDEX `radacct_calling_start`;--> statement-breakpoint
DROP INDEX `radacct_open_nas`;--> statement-breakpoint
DROP INDEX `radacct_user_start`;--> statement-breakpoint
CREATE INDEX `radacct_stranger_username` ON `radacct` (`organization_id`,`username`,`acctstarttime`) WHERE user_id is null;--> statement-breakpoint
CREATE INDEX `radacct_stranger_calling` ON `radacct` (`organization_id`,`callingstationid`,`acctstarttime`) WHERE user_id is null;--> statement-breakpoint
CREATE INDEX `radacct_user_start` ON `radacct` (`organization_id`,`user_id`,`acctstarttime`,`username`,`callingstationid`);--> statement-breakpoint
INSERT INTO session_alias SELECT DISTINCT organization_id, 'username', coalesce(username, ''), user_id FROM radacct WHERE user_id IS NOT NULL;--> statement-breakpoint
INSERT INTO session_alias SELECT DISTINCT organization_id, 'station', coalesce(callingstationid, ''), user_id FROM radacct WHERE user_id IS NOT NULL;--> statement-breakpoint
CREATE TRIGGER session_alias_insert AFTER INSERT ON radacct WHEN NEW.user_id IS NOT NULL
BEGIN
  INSERT INTO session_alias VALUES
    (NEW.organization_id, 'username', coalesce(NEW.username, ''), NEW.user_id),
    (NEW.organization_id, 'station', coalesce(NEW.callingstationid, ''), NEW.user_id)
    ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER session_alias_update AFTER UPDATE OF user_id, username, callingstationid ON radacct WHEN NEW.user_id IS NOT NULL
BEGIN
  INSERT INTO session_alias VALUES
    (NEW.organization_id, 'username', coalesce(NEW.username, ''), NEW.user_id),
    (NEW.organization_id, 'station', coalesce(NEW.callingstationid, ''), NEW.user_id)
    ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER session_alias_delete AFTER DELETE ON radacct WHEN OLD.user_id IS NOT NULL
BEGIN
  DELETE FROM session_alias
    WHERE organization_id = OLD.organization_id AND kind = 'username' AND value = coalesce(OLD.username, '')
      AND user_id = OLD.user_id AND NOT EXISTS (SELECT 1 FROM radacct WHERE organization_id = OLD.organization_id
        AND user_id = OLD.user_id AND username IS OLD.username);
  DELETE FROM session_alias
    WHERE organization_id = OLD.organization_id AND kind = 'station' AND value = coalesce(OLD.callingstationid, '')
      AND user_id = OLD.user_id AND NOT EXISTS (SELECT 1 FROM radacct WHERE organization_id = OLD.organization_id
        AND user_id = OLD.user_id AND callingstationid IS OLD.callingstationid);
END;
