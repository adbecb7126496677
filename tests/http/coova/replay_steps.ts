/** What happened between two captured exchanges, as the exchanges and the RADIUS packets show. */
export type ReplayStep =
  | { readonly kind: "get"; readonly path: string }
  /** A log-on that was not captured: the next Access-Request is its. */
  | { readonly kind: "log on" }
  /** In all since log-on; the last packet of the station `idle` seconds before the next exchange. */
  | { readonly kind: "traffic"; readonly up: number; readonly down: number; readonly idle: number }
  | { readonly kind: "disconnect" }
  | { readonly kind: "sweep" };

const status: ReplayStep = { kind: "get", path: "/json/status" };
const logOff: ReplayStep = { kind: "get", path: "/json/logoff" };
const again: readonly ReplayStep[] = [logOff, status];

/** By set and the number of the exchange that they come before. */
export const REPLAY_STEPS: Readonly<Record<string, Readonly<Record<string, readonly ReplayStep[]>>>> = {
  "v1.8-accounting": {
    "01": [status],
    "03": again,
    "04": [status],
    "05": [{ kind: "traffic", up: 5524, down: 125_796, idle: 19 }],
  },
  "v1.8-baseline": { "30": [{ kind: "traffic", up: 350, down: 446, idle: 2 }] },
  "v1.8-encoding": {
    "01": [status],
    "02": again,
    "03": again,
    "04": again,
    "05": again,
    "06": again,
    "07": again,
    "08": again,
    "09": again,
    "10": again,
    "11": again,
    "12": again,
    "13": again,
    "15": [logOff],
  },
  "v1.8-lifecycle": {
    "10": [{ kind: "traffic", up: 561, down: 6616, idle: 0 }],
    "12": [status, { kind: "log on" }, { kind: "traffic", up: 1030, down: 21_085, idle: 0 }, {
      kind: "sweep",
    }],
    "19": [{ kind: "disconnect" }],
  },
  "v1.8-mschapv2": { "01": [status], "03": again },
  "v1.8-radius-timeout": { "01": [status] },
  "v1.8-swapoctets": {
    "01": [status],
    "02": [{ kind: "traffic", up: 1030, down: 21_085, idle: 0 }, { kind: "sweep" }],
  },
};
