/** What a change concerns. */
export type Subject = "organization" | "group" | "nas" | "zone" | "user" | "membership" | "installation";

/** One thing that a change makes, changes or takes away; names only, never a value: some are secret. */
export interface Difference {
  readonly action: "create" | "update" | "remove";
  readonly type: Subject;
  /** A slug, a group's or a zone's name, an address, a user name. */
  readonly name: string;
  /** The slug of the organization that it belongs to. */
  readonly organization?: string;
  /** What of it changes; all of it when it is created or removed. */
  readonly fields?: readonly string[];
}

interface Open extends Difference {
  readonly organizationId: string | null;
  readonly changed: Set<string>;
}

/** Collects differences, one for each thing however many rows it takes. */
export class Differences {
  readonly #open = new Map<string, Open>();

  created(type: Subject, name: string, organization?: { readonly id: string; readonly slug: string }): void {
    this.#find("create", type, name, organization);
  }

  changed(
    type: Subject,
    name: string,
    field: string,
    organization?: { readonly id: string; readonly slug: string },
  ): void {
    this.#find("update", type, name, organization).changed.add(field);
  }

  removed(type: Subject, name: string, organization?: { readonly id: string; readonly slug: string }): void {
    this.#find("remove", type, name, organization);
  }

  list(): Difference[] {
    return [...this.#open.values()].map(({ action, type, name, organization, changed }) => ({
      action,
      type,
      name,
      ...(organization === undefined ? {} : { organization }),
      ...(action === "update" ? { fields: [...changed] } : {}),
    }));
  }

  /** As the audit log has them: action, subject, organization. */
  *auditEntries(): Iterable<{ action: string; subject: string; organizationId: string | null }> {
    for (const { action, type, name, organizationId, changed } of this.#open.values()) {
      const fields = action === "update" ? `: ${[...changed].join(", ")}` : "";
      yield { action: `${type}.${action}`, subject: `${name}${fields}`, organizationId };
    }
  }

  #find(
    action: Difference["action"],
    type: Subject,
    name: string,
    organization?: { readonly id: string; readonly slug: string },
  ): Open {
    const key = JSON.stringify([type, name, organization?.id]);
    const known = this.#open.get(key);
    if (known) return known;
    const made: Open = {
      action,
      type,
      name,
      ...(organization && type !== "organization" ? { organization: organization.slug } : {}),
      organizationId: organization?.id ?? null,
      changed: new Set(),
    };
    this.#open.set(key, made);
    return made;
  }
}
