import type { Examination } from "./examination.ts";
import { examineInterfaces, examinePorts } from "./examine_interfaces.ts";
import { examineFirewall, examineKernel } from "./examine_kernel.ts";
import { examineCertificate, examinePortal } from "./examine_portal.ts";
import { examinePrograms } from "./examine_programs.ts";
import { examineUplink } from "./examine_uplink.ts";
import { type Finding, good, warning } from "./finding.ts";

/**
 * Looks at everything that a venue needs, and changes nothing: what is right, what is not, and what helps. What is to be
 * done first comes first.
 */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  if (!examination.zones.length) {
    const create =
      "portico zone create --org default --name guests --interface INTERFACE --address 10.1.0.1/24";
    return [warning("zones", "There is no zone yet: nobody is caught", create)];
  }
  const parts = await Promise.all([
    examinePrograms,
    examineKernel,
    examineInterfaces,
    examinePorts,
    examineUplink,
    examineFirewall,
    examinePortal,
    examineCertificate,
  ].map((look) => look(examination)));
  const running = examination.isRunning
    ? good("venue", "Portico runs")
    : warning("venue", "Portico does not run on this folder", "portico serve");
  return [...parts.flat(), running];
}
