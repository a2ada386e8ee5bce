// Which marks npm discord-markdown-parser reads in texts: a JSON list on stdin, on stdout for each
// text a list of [type, target], plain text left out. It is not ours, so it trusts no escape of ours.
import { createRequire } from 'node:module'
const { parse } = createRequire(import.meta.url)('discord-markdown-parser')

const PLAIN = new Set(['text', 'br', 'newline', 'twemoji', 'emoticon'])
function marks(node) {
  if (Array.isArray(node)) return node.flatMap(marks)
  if (!node || typeof node !== 'object') return []
  const own = PLAIN.has(node.type) ? [] : [[node.type, node.target ?? '']]
  return [...own, ...marks(node.content)]
}

let given = ''
for await (const part of process.stdin) given += part
process.stdout.write(JSON.stringify(JSON.parse(given).map((text) => marks(parse(text, 'extended')))))
