CREATE TABLE `pending_number` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`phone_number` text NOT NULL,
	`changed_at` text NOT NULL,
	PRIMARY KEY(`user_id`, `organization_id`)
);
--> statement-breakpoint
CREATE INDEX `phone_token_created` ON `phone_token` (`created`);
