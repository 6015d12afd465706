/** What files hold when somebody means harm, or a writer has a fault. */

/** Numbers, as text: some are no JSON, and some no number. */
export const NUMBERS = [
  ...['0', '-1', '-0', '1', '1.5', '255', '256', '32767', '32768', '65536', '2147483647', '2147483648', '-2147483648'],
  ...['4294967296', '9007199254740992', '1e308', '1e-320', '1e400', '-1e400', 'NaN', 'Infinity', '0x10', '1e9', '1e-6'],
  ...['9'.repeat(400), `0.${'0'.repeat(400)}1`, '00000000000000000001', '+5', '1e21', '123456789012345678901234567890'],
];

/** Texts of names, labels, units and the like. */
export const TEXTS = [
  ...[
    '',
    ' ',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '__metadata__',
    'hasOwnProperty',
    '__defineGetter__',
  ],
  ...['.', '..', '../x', '/etc/passwd', 'con', 'C:x', 'a\\b', 'a/b', '#', '# x', '##', '[42]', '[0]', '[59]', '42 c'],
  ...[
    '\u001b[31m',
    '\u009b2J',
    '\u0007',
    '\0',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\ufeff',
  ],
  ...[
    '\u202eevil',
    '\u200b',
    '\ud800',
    '\udc00x',
    '💓',
    'é',
    '=1+1',
    '"',
    "'",
    '\\',
    '{',
    '[',
    ',',
    ':',
    'x'.repeat(300),
  ],
  ...['## time resolution: ', '## time resolution: 1e-308', '## annotation type definitions', '## end of definitions'],
];

/** Values of JSON, as text. */
export const VALUES = [
  ...['null', 'true', '[]', '{}', '""', '[[]]', '[null]', '{"__proto__":{"polluted":1}}', '[1,2]', '{"a":1}'],
  ...['"__proto__"', '"\\ud800"', '"\\u001b[31m"', '"\\u0000"', `${'['.repeat(50)}${']'.repeat(50)}`],
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  ...NUMBERS.filter((n) => /^-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/.test(n)),
];
