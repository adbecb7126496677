CREATE TABLE `magic_link` (
	`token` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`password_mark` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `magic_link_expires` ON `magic_link` (`expires_at`);--> statement-breakpoint
ALTER TABLE `organization_radius_settings` ADD `magic_links_enabled` integer;--> statement-breakpoint
ALTER TABLE `organization_radius_settings` ADD `session_mail_enabled` integer;