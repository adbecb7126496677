ALTER TABLE `organization_radius_settings` ADD `registration_methods` text;--> statement-breakpoint
CREATE INDEX `email_address_verified` ON `email_address` (`email_key`) WHERE verified = 1;