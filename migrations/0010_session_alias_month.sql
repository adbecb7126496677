-- With the last session of a user name or a station its alias went, which took a look at all sessions that were left of
-- the user: deleting a busy account's sessions took minutes. Now an alias knows how long it may be needed, and the job
-- that deletes sessions deletes it. An alias too many harms no list.
DROP TRIGGER session_alias_insert;--> statement-breakpoint
DROP TRIGGER session_alias_update;--> statement-breakpoint
DROP TRIGGER session_alias_delete;--> statement-breakpoint
DROP TABLE `session_alias`;--> statement-breakpoint
CREATE TABLE `session_alias` (
	`organization_id` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`user_id` text NOT NULL,
	`last_month` text NOT NULL,
	PRIMARY KEY(`organization_id`, `kind`, `value`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO session_alias SELECT organization_id, 'username', coalesce(username, ''), user_id, max(coalesce(substr(acctstarttime, 1, 7), '9999-12')) FROM radacct WHERE user_id IS NOT NULL GROUP BY 1, 2, 3, 4;--> statement-breakpoint
INSERT INTO session_alias SELECT organization_id, 'station', coalesce(callingstationid, ''), user_id, max(coalesce(substr(acctstarttime, 1, 7), '9999-12')) FROM radacct WHERE user_id IS NOT NULL GROUP BY 1, 2, 3, 4;--> statement-breakpoint
CREATE INDEX `session_alias_month` ON `session_alias` (`last_month`);--> statement-breakpoint
CREATE TRIGGER session_alias_insert AFTER INSERT ON radacct WHEN NEW.user_id IS NOT NULL
BEGIN
  INSERT INTO session_alias VALUES
    (NEW.organization_id, 'username', coalesce(NEW.username, ''), NEW.user_id, coalesce(substr(NEW.acctstarttime, 1, 7), '9999-12')),
    (NEW.organization_id, 'station', coalesce(NEW.callingstationid, ''), NEW.user_id, coalesce(substr(NEW.acctstarttime, 1, 7), '9999-12'))
    ON CONFLICT DO UPDATE SET last_month = excluded.last_month WHERE excluded.last_month > last_month;
END;
--> statement-breakpoint
CREATE TRIGGER session_alias_update AFTER UPDATE OF user_id, username, callingstationid, acctstarttime ON radacct WHEN NEW.user_id IS NOT NULL
BEGIN
  INSERT INTO session_alias VALUES
    (NEW.organization_id, 'username', coalesce(NEW.username, ''), NEW.user_id, coalesce(substr(NEW.acctstarttime, 1, 7), '9999-12')),
    (NEW.organization_id, 'station', coalesce(NEW.callingstationid, ''), NEW.user_id, coalesce(substr(NEW.acctstarttime, 1, 7), '9999-12'))
    ON CONFLICT DO UPDATE SET last_month = excluded.last_month WHERE excluded.last_month > last_month;
END;
