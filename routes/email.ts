import { toUnicode } from "punycode/punycode.es6.js";

/** Characters of an address that mail servers take (RFC 5321, with erratum 1690). */
const LENGTH = 254;

/** At most 254 characters, as it was typed and as a browser sends it. */
export function isShortEmail(email: string): boolean {
  return email.length <= LENGTH && asciiEmail(email).length <= LENGTH;
}

const LABEL = "[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?";

/** The addresses that `<input type=email>` accepts (HTML, 4.10.5.1.5). Zod's copy would bring thirty other rules into the Worker. */
const VALID = new RegExp(
  `^[\\w.!#$%&'*+/=?^\`{|}~-]+@${LABEL}(?:\\.${LABEL})*$`,
  "i",
);

/** By the HTML standard's rule; the domain may be international. */
export function isEmail(email: string): boolean {
  return VALID.test(asciiEmail(email));
}

/**
 * An address as it was typed: Chromium sends an international domain in ASCII,
 * as `xn--…`. A domain that stands for no other one stays as it is.
 */
export function shownEmail(email: string): string {
  if (!/xn--/i.test(email)) return email;
  try {
    const unicode = toUnicode(email);
    return asciiEmail(unicode) === email ? unicode : email;
  } catch {
    return email;
  }
}

const NOT_ASCII = /[^\0-\x7f]/;
/** No port, no path, nothing that a URL would strip. */
const INTERNATIONAL = /^(?:[^\0-\x7f]|[a-z\d.-])+$/i;

/** The HTML standard's rule is for ASCII, which browsers make of the domain first (UTS #46). */
function asciiEmail(email: string): string {
  if (!NOT_ASCII.test(email)) return email;
  const [local, domain = "", ...more] = email.split("@");
  const isDomain = more.length === 0 && INTERNATIONAL.test(domain);
  const url = isDomain ? URL.parse(`http://${domain}`) : null;
  return url === null ? email : `${local}@${url.hostname}`;
}
