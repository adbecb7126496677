import { type Certificate, certificateComplaint, readCertificate } from "./certificate.ts";

export interface CertificateKeeperOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** `public_url`: what guests call us; empty when that is not configured. */
  readonly publicUrl: string;
  readonly now: () => Date;
  /** For an operator: a sentence. */
  readonly report: (sentence: string) => void;
  /** The files have another one by now, for new connections. */
  readonly renewed: (certificate: Certificate) => void;
}

/** The certificate of a listener, which is replaced while we run. */
export interface CertificateKeeper {
  readonly certificate: Certificate;
  /** Why guests' systems would not trust the listener's address now; null when they would. */
  complaint(): string | null;
  /** Looks at the files and the clock again; to be called every minute or so, and awaited. */
  look(): Promise<void>;
}

/** How often an operator is told of what stays wrong. */
const REMINDER_MILLISECONDS = 86_400_000;

/** @throws {DomainError} invalid_input when the files cannot be used. */
export async function keepCertificate(options: CertificateKeeperOptions): Promise<CertificateKeeper> {
  const { certFile, keyFile, now, renewed } = options;
  let certificate = await readCertificate(certFile, keyFile);
  const tell = reporter(options);
  let trouble = "";
  const complaint = () => complaintAbout(certificate, options.publicUrl, now());
  tell(complaint());
  return {
    get certificate() {
      return certificate;
    },
    complaint,
    async look() {
      try {
        const found = await readCertificate(certFile, keyFile);
        trouble = "";
        if (found.cert !== certificate.cert || found.key !== certificate.key) {
          renewed(found);
          certificate = found;
        }
      } catch (fault) {
        const before = trouble;
        trouble = fault instanceof Error ? fault.message : String(fault);
        // The first time somebody may be just writing the two files.
        if (trouble === before) return tell(`the certificate could not be renewed. ${trouble}`);
      }
      tell(complaint());
    },
  };
}

function complaintAbout(certificate: Certificate, publicUrl: string, now: Date): string | null {
  const url = URL.parse(publicUrl);
  if (url?.protocol === "https:") return certificateComplaint(certificate, url.hostname, now);
  return `public_url has to be the https: address that the certificate is for, such as https://${
    certificate.names.find((name) => !name.startsWith("*")) ?? "wifi.example.org"
  }`;
}

/** Says something new at once, and what stays as it is once a day. */
function reporter({ report, now }: CertificateKeeperOptions): (complaint: string | null) => void {
  let told: string | null = null;
  let toldAt = 0;
  return (complaint) => {
    const at = now().getTime();
    if (complaint && (complaint !== told || at - toldAt >= REMINDER_MILLISECONDS)) {
      report(`WARNING: guests' systems are not told where the captive portal's API is: ${complaint}`);
      toldAt = at;
    } else if (!complaint && told) {
      report("The certificate is good: guests' systems are told where the captive portal's API is.");
    }
    told = complaint;
  };
}
