import {
  type MailDestination,
  mailDestination,
  mailSender,
  type SmsDestination,
  smsDestination,
} from "../aaa/messages/message_settings.ts";
import { findOrganizationGateway } from "../aaa/messages/organization_gateway.ts";
import type { MailSender, SmsSender } from "../aaa/messages/senders.ts";
import { type Config, environmentName } from "../config.ts";
import { DomainError } from "../errors.ts";
import type { Database } from "../storage/database.ts";
import type { Seal } from "../storage/outbox.ts";
import { gatewaySender } from "./gateway_sender.ts";
import { logMailSender, logSmsSender } from "./log_senders.ts";
import { connectByName } from "./smtp_connect_by_name.ts";
import { smtpSender } from "./smtp_sender.ts";

/** Whatever messages leave through. */
export interface MessageSenders {
  readonly mail: MailSender;
  readonly sms: SmsSender;
}

/** What writes messages to files; a Worker has none. */
export interface FileSenders {
  /** @throws {Error} when nothing can be written there. */
  readonly mail: (folder: string, from: string) => MailSender;
  /** @throws {Error} when nothing can be written there. */
  readonly sms: (path: string) => SmsSender;
}

/**
 * The senders that the configuration names; an organization's own gateway goes before them.
 *
 * @param files null on a Worker.
 * @throws {DomainError} invalid_input, with the setting's name, when a file cannot be written.
 */
export function openSenders(
  config: Config,
  { db, ...seal }: Seal & { readonly db: Database },
  files: FileSenders | null,
): MessageSenders {
  const mail = mailDestination(config);
  const sms = smsDestination(config);
  // readConfig() lets nothing else through.
  if (!mail || !sms) throw new TypeError("The configuration was not checked");
  return {
    mail: mailSenderTo(mail, mailSender(config), files),
    sms: forOrganizations(db, seal, smsSenderTo(sms, files)),
  };
}

function mailSenderTo(destination: MailDestination, from: string, files: FileSenders | null): MailSender {
  switch (destination.kind) {
    case "log":
      return logMailSender();
    case "file":
      return writing("mail", files, (senders) => senders.mail(destination.folder, from));
    case "smtp":
      if (files) return smtpSender(destination.server, from);
      if (destination.server.verify) return smtpSender(destination.server, from, connectByName);
      throw new DomainError("invalid_input", `${environmentName("mail")}: a Worker cannot do without verify`);
  }
}

function smsSenderTo(destination: SmsDestination, files: FileSenders | null): SmsSender {
  switch (destination.kind) {
    case "log":
      return logSmsSender();
    case "file":
      return writing("sms", files, (senders) => senders.sms(destination.path));
    case "webhook":
    case "twilio":
      return gatewaySender(destination);
  }
}

/** What a gateway is, is read at each message: an operator's change holds at once. */
function forOrganizations(db: Database, seal: Seal, installation: SmsSender): SmsSender {
  return {
    async send(sms, attempt) {
      if (!sms.organization.hasOwnGateway) return await installation.send(sms, attempt);
      const own = await findOrganizationGateway(db, seal, sms.organization.id);
      return await (own ? gatewaySender(own) : installation).send(sms, attempt);
    },
  };
}

function writing<T>(setting: "mail" | "sms", files: FileSenders | null, open: (files: FileSenders) => T): T {
  const label = environmentName(setting);
  if (!files) throw new DomainError("invalid_input", `${label}: a Worker has no files`);
  try {
    return open(files);
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new DomainError("invalid_input", `${label}: cannot write there: ${why}`);
  }
}
