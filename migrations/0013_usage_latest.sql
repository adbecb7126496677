CREATE TABLE `usage_latest` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`day` text NOT NULL,
	`node_id` text NOT NULL,
	`session_seconds` integer NOT NULL,
	`input_octets` integer NOT NULL,
	`output_octets` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `user_id`, `node_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER usage_latest_next BEFORE UPDATE ON usage_latest WHEN NEW.day > OLD.day
BEGIN
  INSERT INTO usage_day VALUES
    (OLD.organization_id, OLD.user_id, OLD.day, OLD.node_id, OLD.session_seconds, OLD.input_octets, OLD.output_octets)
    ON CONFLICT DO UPDATE SET
      session_seconds = min(session_seconds + excluded.session_seconds, 9223372036854775807),
      input_octets = min(input_octets + excluded.input_octets, 9223372036854775807),
      output_octets = min(output_octets + excluded.output_octets, 9223372036854775807);
END;
--> statement-breakpoint
CREATE TRIGGER usage_latest_late BEFORE UPDATE ON usage_latest WHEN NEW.day < OLD.day
BEGIN
  INSERT INTO usage_day VALUES
    (NEW.organization_id, NEW.user_id, NEW.day, NEW.node_id, NEW.session_seconds, NEW.input_octets, NEW.output_octets)
    ON CONFLICT DO UPDATE SET
      session_seconds = min(session_seconds + excluded.session_seconds, 9223372036854775807),
      input_octets = min(input_octets + excluded.input_octets, 9223372036854775807),
      output_octets = min(output_octets + excluded.output_octets, 9223372036854775807);
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE VIEW `usage_by_day` AS
  SELECT organization_id, user_id, day, node_id, session_seconds, input_octets, output_octets FROM usage_day
  UNION ALL
  SELECT organization_id, user_id, day, node_id, session_seconds, input_octets, output_octets FROM usage_latest;
