/** Why answers differ from the captured ones, and where: `differencesBetween()`'s lines by set and exchange. */
export interface ReplayRule {
  /** A heading of docs/coova.md, which has the reason. */
  readonly heading: string;
  readonly differences: Readonly<Record<string, readonly string[]>>;
}

export const REPLAY_RULES: readonly ReplayRule[] = [
  {
    heading: "A request that cannot be understood is answered 400",
    differences: {
      "v1.8-baseline/04": ["no answer → HTTP/1.0 400 Bad Request"],
      "v1.8-baseline/12": ["no answer → HTTP/1.0 400 Bad Request"],
      "v1.8-baseline/17": ["no answer → HTTP/1.0 400 Bad Request"],
      "v1.8-baseline/18": ["no answer → HTTP/1.0 400 Bad Request"],
      "v1.8-baseline/56": ["no answer → HTTP/1.0 400 Bad Request"],
      "v1.8-encoding/13": ["no answer → HTTP/1.0 400 Bad Request"],
      "v1.8-encoding/15": ["no answer → HTTP/1.0 400 Bad Request"],
    },
  },
  {
    heading: "A callback that is no name of a function is answered 400",
    differences: {
      "v1.8-baseline/10": ["HTTP/1.0 200 OK → HTTP/1.0 400 Bad Request"],
    },
  },
  {
    heading: "Pages of our own that there are not are answered 404",
    differences: {
      "v1.8-baseline/13": ["HTTP/1.0 302 Moved Temporarily → HTTP/1.0 404 Not Found"],
      "v1.8-baseline/14": ["HTTP/1.0 200 OK → HTTP/1.0 404 Not Found"],
      "v1.8-baseline/15": ["HTTP/1.0 200 OK → HTTP/1.0 404 Not Found"],
      "v1.8-baseline/33": ["HTTP/1.0 200 OK → HTTP/1.0 404 Not Found"],
      "v1.8-baseline/65": ["HTTP/1.0 302 Moved Temporarily → HTTP/1.0 404 Not Found"],
      "v1.8-encoding/17": ["HTTP/1.0 200 OK → HTTP/1.0 404 Not Found"],
      "v1.8-encoding/18": ["HTTP/1.0 302 Moved Temporarily → HTTP/1.0 404 Not Found"],
      "v1.8-encoding/19": ["HTTP/1.0 200 OK → HTTP/1.0 404 Not Found"],
    },
  },
  {
    heading: "A file that there is not is answered 404",
    differences: {
      "v1.8-baseline/63": ["no answer → HTTP/1.1 404 "],
    },
  },
  {
    heading: "Requests for our own pages do not become the original URL",
    differences: {
      "v1.8-baseline/06": ["userurl: http%3a%2f%2f10.1.0.1%3a3990%2f → http%3a%2f%2f198.51.100.10%2f"],
      "v1.8-baseline/07": ['redir.originalURL: "http://10.1.0.1:3990/" → "http://198.51.100.10/"'],
      "v1.8-baseline/08": ['redir.originalURL: "http://10.1.0.1:3990/" → "http://198.51.100.10/"'],
      "v1.8-baseline/09": ['redir.originalURL: "http://10.1.0.1:3990/" → "http://198.51.100.10/"'],
      "v1.8-baseline/11": ['redir.originalURL: "http://10.1.0.1:3990/" → "http://198.51.100.10/"'],
      "v1.8-baseline/16": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/19": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/20": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/21": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/22": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/23": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/24": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/25": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/26": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/27": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/28": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/30": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/31": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-baseline/34": ["userurl: http%3a%2f%2f10.1.0.1%3a3990%2f → http%3a%2f%2f198.51.100.10%2f"],
      "v1.8-baseline/37": ["userurl: http%3a%2f%2f10.1.0.1%3a3990%2flang → http%3a%2f%2f198.51.100.10%2f"],
      "v1.8-baseline/38": ["userurl: http%3a%2f%2f10.1.0.1%3a3990%2flang → http%3a%2f%2f198.51.100.10%2f"],
      "v1.8-baseline/39": ["userurl: http%3a%2f%2f10.1.0.1%3a3990%2flang → http%3a%2f%2f198.51.100.10%2f"],
      "v1.8-baseline/42": ['redir.originalURL: "http://10.1.0.1:3990/lang" → "http://198.51.100.10/"'],
      "v1.8-encoding/20": [
        'redir.originalURL: "http://10.1.0.1:3990/status/" → "http://www.example.org/a b"',
      ],
      "v1.8-homepage/07": [
        "userurl: http%3a%2f%2f10.1.0.1%3a3990%2f → http%3a%2f%2fwww.example.org%2fp%3fq%3d1",
      ],
    },
  },
  {
    heading: "A request for a whole address is one for that address",
    differences: {
      "v1.8-baseline/66": [
        "userurl: http%3a%2f%2f10.1.0.1%3a3990%2fpx%3fq%3d1 → http%3a%2f%2fwww.example.org%2fpx%3fq%3d1",
      ],
      "v1.8-baseline/67": [
        'redir.originalURL: "http://10.1.0.1:3990/px?q=1" → "http://www.example.org/px?q=1"',
      ],
      "v1.8-baseline/69": [
        'redir.originalURL: "http://10.1.0.1:3990/px?q=1" → "http://www.example.org/px?q=1"',
      ],
    },
  },
  {
    heading: "Every text is escaped",
    differences: {
      "v1.8-encoding/05": ["no JSON → JSON"],
    },
  },
  {
    heading: "A challenge is good for one log-on",
    differences: {
      "v1.8-baseline/37": ["challenge: <kept> → <new>"],
      "v1.8-baseline/47": ["challenge: <kept> → <new>"],
      "v1.8-homepage/07": [
        "challenge: <kept> → <new>",
        "LoginURL: http://192.0.2.10/hotspot/login.php?res=wispr&amp;uamip=10.1.0.1&amp;uamport=3990&amp;challenge=<kept> → http://192.0.2.10/hotspot/login.php?res=wispr&amp;uamip=10.1.0.1&amp;uamport=3990&amp;challenge=<new>",
      ],
      "v1.8-lifecycle/04": ["challenge: <kept> → <new>"],
      "v1.8-lifecycle/08": ['challenge: "<kept>" → "<new>"'],
      "v1.8-lifecycle/11": ['challenge: "<kept>" → "<new>"'],
      "v1.8-lifecycle/19": ['challenge: "<kept>" → "<new>"'],
      "v1.8-lifecycle/22": ["challenge: <kept> → <new>"],
      "v1.8-wispr/04": ["challenge: <kept> → <new>"],
    },
  },
  {
    heading: "After abort the challenge stays",
    differences: {
      "v1.8-baseline/53": ["challenge: <new> → <kept>"],
    },
  },
  {
    heading: "A terminate time that has passed refuses the log-on",
    differences: {
      "v1.8-baseline/25": [
        "session: some → none",
        "accounting: some → none",
        "challenge: none → some",
        "clientState: 1 → 0",
      ],
    },
  },
  {
    heading: "The splash page ends with a log-on",
    differences: {
      "v1.8-macsplash/03": ["challenge: <zeros> → <kept>", 'userurl: "" → http%3a%2f%2fwww.example.org%2fx'],
      "v1.8-macsplash/05": ['redir.originalURL: "" → "http://www.example.org/x"'],
      "v1.8-macsplash/06": [
        "challenge: some → none",
        "location: some → none",
        "session: none → some",
        "accounting: none → some",
        "clientState: 3 → 1",
        'redir.originalURL: "" → "http://www.example.org/x"',
      ],
      "v1.8-macsplash/07": [
        'session.userName: "00-00-5E-10-00-01" → "plain"',
        "session.sessionTimeout: 120 → 0",
      ],
    },
  },
  {
    heading: "Whoever comes to the log-out address is told",
    differences: {
      "v1.8-wispr/06": ["no answer → HTTP/1.0 302 Moved Temporarily"],
    },
  },
  {
    heading: "The portal's address is one",
    differences: {
      "v1.8-baseline/40": ['user-portal-url: "(null)" → "http://10.1.0.1:3990/prelogin"'],
      "v1.8-baseline/46": ['user-portal-url: "(null)" → "http://10.1.0.1:3990/prelogin"'],
      "v1.8-baseline/54": ['user-portal-url: "(null)" → "http://10.1.0.1:3990/prelogin"'],
    },
  },
  {
    heading: "Octets are counted once a second",
    differences: {
      "v1.8-lifecycle/10": ["accounting.inputOctets: 6616 → 0", "accounting.outputOctets: 561 → 0"],
    },
  },
  {
    heading: "There is no CoA",
    differences: {
      "v1.8-lifecycle/14": [
        "session.sessionTimeout: 900 → 0",
        "session.idleTimeout: 120 → 0",
        "session.maxTotalOctets: 50000000 → none",
      ],
      "v1.8-lifecycle/15": ["session.sessionTimeout: 800 → 0"],
    },
  },
];

/** Where the original writes `CDATA[[…]]` as a text, and how often; it is taken away before answers are compared. */
export const BROKEN_LOCATIONS: Readonly<Record<string, number>> = {
  "v1.8-baseline": 20,
  "v1.8-encoding": 2,
  "v1.8-homepage": 6,
  "v1.8-local": 2,
  "v1.8-nochallenge": 2,
  "v1.8-nosecret": 2,
  "v1.8-wispr": 2,
};
export const LOCATION_HEADING = "The location is written as XML";
