import { equal } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";

export const cases: ContractCase[] = [
  {
    name: "a healthy venue says so",
    async run({ fetch }) {
      const response = await fetch("/healthz");
      await response.text();
      equal(response.status, 200);
    },
  },
];
