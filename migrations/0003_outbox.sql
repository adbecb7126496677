CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`lane` text NOT NULL,
	`state` text DEFAULT 'waiting' NOT NULL,
	`sealed` text,
	`created` text NOT NULL,
	`due_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`claim` text,
	`failure` text,
	`settled_at` text
);
--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`due_at`) WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX `outbox_settled` ON `outbox` (`settled_at`) WHERE settled_at is not null;--> statement-breakpoint
ALTER TABLE `organization_radius_settings` ADD `sms_gateway` text;