/** The part of OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1) that is used here. */

/** JSON Schema, draft 2020-12. */
export interface Schema {
  readonly type?: SchemaType | readonly SchemaType[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}
export type SchemaType = "string" | "integer" | "number" | "boolean" | "object" | "array" | "null";

export interface Content {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  /** By media type; without it the answer has no body. */
  readonly content?: Readonly<Record<string, Content>>;
}
/** By status. */
export type Answers = Readonly<Record<string, Answer>>;

export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface RequestBody {
  readonly required: boolean;
  readonly content: Readonly<Record<string, Content>>;
}

export interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Answers;
}

/** Names of schemes that are needed together. */
export type SecurityRequirement = Readonly<Record<string, readonly []>>;
export type SecurityScheme =
  | {
    readonly type: "apiKey";
    readonly in: "header" | "query";
    readonly name: string;
    readonly description: string;
  }
  | { readonly type: "http"; readonly scheme: "bearer"; readonly description: string };

export interface PathItem {
  readonly get?: Operation & { readonly security: readonly SecurityRequirement[] };
  readonly post?: Operation & { readonly security: readonly SecurityRequirement[] };
}

export interface OpenapiDocument {
  readonly openapi: "3.1.0";
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, SecurityScheme>> };
}
