DROP INDEX `radiustoken_taken`;--> statement-breakpoint
CREATE INDEX `radiustoken_shown` ON `radiustoken` (`taken_at`) WHERE taken_at is not null and encrypted_key is not null;--> statement-breakpoint
DROP INDEX `throttle_window`;--> statement-breakpoint
CREATE INDEX `throttle_end` ON `throttle` ((window_start + window_seconds));