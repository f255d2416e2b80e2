/**
 * JSON (RFC 8259) as strictly as `verify.jws` reads it. JSON.parse would keep the last of two members
 * of one name, and not tell 1 from 1.0.
 *
 * Objects become Maps, so that no name reaches a prototype; whole numbers become BigInts, numbers with
 * a fraction or an exponent Numbers. A text with two members of one name is refused.
 */

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))/y;
const ESCAPED = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS = [["true", true], ["false", false], ["null", null]];

/** The value of a JSON text; throws SyntaxError for any other text. */
export function parseStrict(text) {
  let at = 0;

  const fail = () => { throw new SyntaxError(`not JSON at ${at}`); };

  const match = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? fail();
    at = pattern.lastIndex;
    return found;
  };

  /** Whether the next character behind white space is this one; it is then taken. */
  const took = (character) => {
    match(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };

  const take = (character) => took(character) || fail();

  function string() {
    take('"');
    let value = "";
    for (;;) {
      value += match(PLAIN)[0];
      if (text[at] === '"') break;
      const [, letter, hex] = match(ESCAPE);
      value += letter ? ESCAPED[letter] : String.fromCharCode(parseInt(hex, 16));
    }
    at += 1;
    return value;
  }

  function number() {
    const [whole, fraction, exponent] = match(NUMBER);
    return fraction || exponent ? Number(whole) : BigInt(whole);
  }

  function object() {
    const members = new Map();
    take("{");
    if (took("}")) return members;
    do {
      const name = string();
      take(":");
      if (members.has(name)) fail();
      members.set(name, value());
    } while (took(","));
    take("}");
    return members;
  }

  function list() {
    const values = [];
    take("[");
    if (took("]")) return values;
    do values.push(value()); while (took(","));
    take("]");
    return values;
  }

  function value() {
    match(SPACE);
    if (text[at] === "{") return object();
    if (text[at] === "[") return list();
    if (text[at] === '"') return string();
    for (const [word, meant] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meant;
      }
    }
    return number();
  }

  const whole = value();
  match(SPACE);
  return at === text.length ? whole : fail();
}
