CREATE TABLE `access_refusal` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`organization_id` text NOT NULL,
	`user_id` text,
	`username` text NOT NULL,
	`calledstationid` text,
	`callingstationid` text,
	`refused_at` text NOT NULL,
	`reason` text NOT NULL,
	`explanation` text NOT NULL,
	`rule` text,
	`rule_value` text,
	`counted` text
);
--> statement-breakpoint
CREATE INDEX `access_refusal_username` ON `access_refusal` (`organization_id`,`username`,`refused_at`);--> statement-breakpoint
CREATE INDEX `access_refusal_date` ON `access_refusal` (`refused_at`);--> statement-breakpoint
CREATE TABLE `api_token` (
	`user_id` text PRIMARY KEY NOT NULL,
	`nonce` text NOT NULL,
	`lookup` text NOT NULL,
	`created` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_token_lookup_unique` ON `api_token` (`lookup`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`organization_id` text,
	`subject` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE TABLE `email_address` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`verified` integer DEFAULT false NOT NULL,
	`primary` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_address_user_email` ON `email_address` (`user_id`,`email_key`);--> statement-breakpoint
CREATE TABLE `installation` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `login_identity` (
	`organization_id` text NOT NULL,
	`username` text NOT NULL,
	`user_id` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`organization_id`, `username`)
);
--> statement-breakpoint
CREATE TABLE `login_place` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`pair` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `login_place_pair` ON `login_place` (`organization_id`,`user_id`,`pair`);--> statement-breakpoint
CREATE TABLE `nas` (
	`id` text PRIMARY KEY NOT NULL,
	`nasname` text NOT NULL,
	`shortname` text NOT NULL,
	`type` text DEFAULT 'other' NOT NULL,
	`ports` integer,
	`secret` text NOT NULL,
	`server` text,
	`community` text,
	`description` text,
	`organization_id` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `nas_nasname` ON `nas` (`nasname`);--> statement-breakpoint
CREATE UNIQUE INDEX `nas_organization_nasname` ON `nas` (`organization_id`,`nasname`);--> statement-breakpoint
CREATE TABLE `nas_restart` (
	`organization_id` text NOT NULL,
	`nas_ip_address` text NOT NULL,
	`called_station_id` text NOT NULL,
	`first_at` text NOT NULL,
	PRIMARY KEY(`organization_id`, `nas_ip_address`, `called_station_id`)
);
--> statement-breakpoint
CREATE TABLE `node_sequence` (
	`node_id` text PRIMARY KEY NOT NULL,
	`change_seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `organization` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`email` text DEFAULT '' NOT NULL,
	`url` text DEFAULT '' NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organization_slug_unique` ON `organization` (`slug`);--> statement-breakpoint
CREATE TABLE `organization_owner` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`organization_user_id`) REFERENCES `organization_user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organization_owner_organization_user_id_unique` ON `organization_owner` (`organization_user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `organization_owner_organization_id_unique` ON `organization_owner` (`organization_id`);--> statement-breakpoint
CREATE TABLE `organization_radius_settings` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`sms_verification` integer,
	`needs_identity_verification` integer,
	`sms_sender` text,
	`sms_message` text,
	`sms_cooldown` integer,
	`sms_meta_data` text,
	`freeradius_allowed_hosts` text,
	`coa_enabled` integer,
	`allowed_mobile_prefixes` text,
	`first_name` text,
	`last_name` text,
	`location` text,
	`birth_date` text,
	`registration_enabled` integer,
	`saml_registration_enabled` integer,
	`social_registration_enabled` integer,
	`mac_addr_roaming_enabled` integer,
	`login_url` text,
	`status_url` text,
	`password_reset_url` text,
	`gigawords_replies` integer,
	`time_zone` text,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `organization_user` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`is_admin` integer DEFAULT false NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organization_user_member` ON `organization_user` (`user_id`,`organization_id`);--> statement-breakpoint
CREATE INDEX `organization_user_organization` ON `organization_user` (`organization_id`);--> statement-breakpoint
CREATE TABLE `permission_group` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`permissions` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `permission_group_name_unique` ON `permission_group` (`name`);--> statement-breakpoint
CREATE TABLE `phone_token` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`token` text NOT NULL,
	`phone_number` text NOT NULL,
	`ip` text NOT NULL,
	`valid_until` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`verified` integer DEFAULT false NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `phone_token_user_created` ON `phone_token` (`user_id`,`created`);--> statement-breakpoint
CREATE INDEX `phone_token_ip_created` ON `phone_token` (`ip`,`created`);--> statement-breakpoint
CREATE TABLE `radacct` (
	`acctuniqueid` text NOT NULL,
	`organization_id` text NOT NULL,
	`acctsessionid` text NOT NULL,
	`username` text,
	`user_id` text,
	`groupname` text,
	`realm` text,
	`nasipaddress` text NOT NULL,
	`nasportid` text,
	`nasporttype` text,
	`acctstarttime` text,
	`acctupdatetime` text,
	`acctstoptime` text,
	`acctinterval` integer,
	`acctsessiontime` integer,
	`acctauthentic` text,
	`connectinfo_start` text,
	`connectinfo_stop` text,
	`acctinputoctets` integer,
	`acctoutputoctets` integer,
	`calledstationid` text,
	`callingstationid` text,
	`acctterminatecause` text,
	`servicetype` text,
	`framedprotocol` text,
	`framedipaddress` text,
	`framedipv6address` text,
	`framedipv6prefix` text,
	`framedinterfaceid` text,
	`delegatedipv6prefix` text,
	`calling_mac` text,
	`heard_at` text NOT NULL,
	`described_by` integer NOT NULL,
	`closed_by` text,
	`node_id` text NOT NULL,
	`change_seq` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `acctuniqueid`)
);
--> statement-breakpoint
CREATE INDEX `radacct_organization_start` ON `radacct` (`organization_id`,`acctstarttime`);--> statement-breakpoint
CREATE INDEX `radacct_user_start` ON `radacct` (`organization_id`,`user_id`,`acctstarttime`);--> statement-breakpoint
CREATE INDEX `radacct_username_start` ON `radacct` (`organization_id`,`username`,`acctstarttime`);--> statement-breakpoint
CREATE INDEX `radacct_called_start` ON `radacct` (`organization_id`,`calledstationid`,`acctstarttime`);--> statement-breakpoint
CREATE INDEX `radacct_calling_start` ON `radacct` (`organization_id`,`callingstationid`,`acctstarttime`);--> statement-breakpoint
CREATE INDEX `radacct_stop` ON `radacct` (`acctstoptime`) WHERE acctstoptime is not null;--> statement-breakpoint
CREATE INDEX `radacct_open_user` ON `radacct` (`organization_id`,`user_id`,`acctstarttime`) WHERE acctstoptime is null;--> statement-breakpoint
CREATE INDEX `radacct_open_start` ON `radacct` (`organization_id`,`acctstarttime`) WHERE acctstoptime is null;--> statement-breakpoint
CREATE INDEX `radacct_open_station` ON `radacct` (`calling_mac`,`acctstarttime`) WHERE acctstoptime is null;--> statement-breakpoint
CREATE INDEX `radacct_open_nas` ON `radacct` (`organization_id`,`nasipaddress`,`calledstationid`) WHERE acctstoptime is null;--> statement-breakpoint
CREATE TABLE `radbatch` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`strategy` text NOT NULL,
	`status` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text,
	`csvfile` text,
	`user_credentials` text,
	`expiration_date` text,
	`group_id` text,
	`notes` text DEFAULT '' NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `radius_group`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `radbatch_organization_name` ON `radbatch` (`organization_id`,`name`);--> statement-breakpoint
CREATE TABLE `radbatch_users` (
	`radiusbatch_id` text NOT NULL,
	`user_id` text NOT NULL,
	FOREIGN KEY (`radiusbatch_id`) REFERENCES `radbatch`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `radbatch_users_pair` ON `radbatch_users` (`radiusbatch_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `radcheck` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`op` text DEFAULT ':=' NOT NULL,
	`user_id` text,
	`organization_id` text NOT NULL,
	`attribute` text NOT NULL,
	`value` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `radcheck_username` ON `radcheck` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `radcheck_user_attribute` ON `radcheck` (`user_id`,`attribute`,`organization_id`);--> statement-breakpoint
CREATE TABLE `radgroupcheck` (
	`id` text PRIMARY KEY NOT NULL,
	`groupname` text NOT NULL,
	`op` text DEFAULT ':=' NOT NULL,
	`group_id` text,
	`attribute` text NOT NULL,
	`value` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`group_id`) REFERENCES `radius_group`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `radgroupcheck_groupname` ON `radgroupcheck` (`groupname`);--> statement-breakpoint
CREATE INDEX `radgroupcheck_group` ON `radgroupcheck` (`group_id`);--> statement-breakpoint
CREATE TABLE `radgroupreply` (
	`id` text PRIMARY KEY NOT NULL,
	`groupname` text NOT NULL,
	`op` text DEFAULT '=' NOT NULL,
	`group_id` text,
	`attribute` text NOT NULL,
	`value` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`group_id`) REFERENCES `radius_group`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `radgroupreply_groupname` ON `radgroupreply` (`groupname`);--> statement-breakpoint
CREATE INDEX `radgroupreply_group` ON `radgroupreply` (`group_id`);--> statement-breakpoint
CREATE TABLE `radius_group` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`default` integer DEFAULT false NOT NULL,
	`organization_id` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `radius_group_name_unique` ON `radius_group` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `radius_group_default` ON `radius_group` (`organization_id`) WHERE "default" = 1;--> statement-breakpoint
CREATE INDEX `radius_group_organization` ON `radius_group` (`organization_id`);--> statement-breakpoint
CREATE TABLE `radiustoken` (
	`key` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`can_auth` integer DEFAULT false NOT NULL,
	`password_based` integer,
	`created` text NOT NULL,
	`taken_at` text,
	`taken_by` text,
	`encrypted_key` text
);
--> statement-breakpoint
CREATE INDEX `radiustoken_user` ON `radiustoken` (`user_id`,`organization_id`,`created`);--> statement-breakpoint
CREATE INDEX `radiustoken_taken` ON `radiustoken` (`taken_at`);--> statement-breakpoint
CREATE TABLE `radpostauth` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`username` text NOT NULL,
	`pass` text NOT NULL,
	`reply` text NOT NULL,
	`calledstationid` text,
	`callingstationid` text,
	`authdate` text NOT NULL,
	`organization_id` text NOT NULL,
	`reason` text,
	`explanation` text
);
--> statement-breakpoint
CREATE INDEX `radpostauth_organization_date` ON `radpostauth` (`organization_id`,`authdate`);--> statement-breakpoint
CREATE INDEX `radpostauth_date` ON `radpostauth` (`authdate`);--> statement-breakpoint
CREATE TABLE `radreply` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`op` text DEFAULT '=' NOT NULL,
	`user_id` text,
	`organization_id` text NOT NULL,
	`attribute` text NOT NULL,
	`value` text NOT NULL,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `radreply_username` ON `radreply` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `radreply_user_attribute` ON `radreply` (`user_id`,`attribute`,`organization_id`);--> statement-breakpoint
CREATE TABLE `radusergroup` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`groupname` text NOT NULL,
	`priority` integer DEFAULT 1 NOT NULL,
	`user_id` text,
	`group_id` text,
	`created` text NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `radius_group`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `radusergroup_user_group` ON `radusergroup` (`user_id`,`group_id`);--> statement-breakpoint
CREATE INDEX `radusergroup_username` ON `radusergroup` (`username`);--> statement-breakpoint
CREATE INDEX `radusergroup_group` ON `radusergroup` (`group_id`);--> statement-breakpoint
CREATE TABLE `registered_user` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	`method` text DEFAULT '' NOT NULL,
	`is_verified` integer DEFAULT false NOT NULL,
	`modified` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`organization_id`) REFERENCES `organization`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `registered_user_member` ON `registered_user` (`user_id`,`organization_id`);--> statement-breakpoint
CREATE TABLE `session_count` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`sessions` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `throttle` (
	`scope` text NOT NULL,
	`client` text NOT NULL,
	`window_start` integer NOT NULL,
	`window_seconds` integer NOT NULL,
	`requests` integer NOT NULL,
	PRIMARY KEY(`scope`, `client`, `window_start`)
);
--> statement-breakpoint
CREATE INDEX `throttle_window` ON `throttle` (`window_start`);--> statement-breakpoint
CREATE TABLE `usage_day` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`day` text NOT NULL,
	`node_id` text NOT NULL,
	`session_seconds` integer NOT NULL,
	`input_octets` integer NOT NULL,
	`output_octets` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `user_id`, `day`, `node_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`username_key` text NOT NULL,
	`email` text,
	`email_key` text,
	`password` text NOT NULL,
	`first_name` text DEFAULT '' NOT NULL,
	`last_name` text DEFAULT '' NOT NULL,
	`bio` text DEFAULT '' NOT NULL,
	`url` text DEFAULT '' NOT NULL,
	`company` text DEFAULT '' NOT NULL,
	`location` text DEFAULT '' NOT NULL,
	`phone_number` text,
	`birth_date` text,
	`notes` text DEFAULT '' NOT NULL,
	`password_updated` text,
	`applied_password` text,
	`expiration_date` text,
	`is_active` integer DEFAULT true NOT NULL,
	`is_staff` integer DEFAULT false NOT NULL,
	`is_superuser` integer DEFAULT false NOT NULL,
	`date_joined` text NOT NULL,
	`modified` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_username_unique` ON `user` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `user_username_key_unique` ON `user` (`username_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_key_unique` ON `user` (`email_key`) WHERE email_key is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `user_phone_number_unique` ON `user` (`phone_number`) WHERE phone_number is not null;--> statement-breakpoint
CREATE TABLE `user_permission_group` (
	`user_id` text NOT NULL,
	`group_id` integer NOT NULL,
	PRIMARY KEY(`user_id`, `group_id`),
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `permission_group`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `user_state` (
	`user_id` text PRIMARY KEY NOT NULL,
	`last_login` text,
	`language` text,
	`password_based_token` integer
);
