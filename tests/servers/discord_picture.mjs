// What a member sees of Discord payloads, as a page: JSON on stdin, HTML on stdout.
//
//   {"theme": "dark" | "light", "messages": [{"payload": {...}, "files": {"chart.png": "data:…"}}]}
//
// Marks are read by npm discord-markdown-parser, which knows nothing of how we escape; lists, which
// it does not know, are read here.
import { createRequire } from 'node:module'
const { parse } = createRequire(import.meta.url)('discord-markdown-parser')

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const inner = (node) => all(node.content)
const all = (nodes) => (Array.isArray(nodes) ? nodes.map(one).join('') : typeof nodes === 'string' ? escaped(nodes) : '')
const tags = { strong: 'strong', em: 'em', underline: 'u', strikethrough: 's', spoiler: 'mark' }

function one(node) {
  if (tags[node.type]) return `<${tags[node.type]}>${inner(node)}</${tags[node.type]}>`
  switch (node.type) {
    case 'text': case 'twemoji': return escaped(node.content ?? node.name)
    case 'br': case 'newline': return '\n'
    case 'inlineCode': return `<code>${escaped(node.content)}</code>`
    case 'codeBlock': return `<pre>${escaped(node.content)}</pre>`
    case 'blockQuote': return `<blockquote>${inner(node)}</blockquote>`
    case 'heading': return `<h${node.level}>${inner(node)}</h${node.level}>`
    case 'subtext': return `<small>${inner(node)}</small>`
    case 'link': case 'url': case 'autolink': return `<a href="${escaped(node.target)}">${inner(node)}</a>`
    default: return `<mark>${escaped(node.type)} ${escaped(JSON.stringify(node))}</mark>` // a mention, a time
  }
}

const ITEM = /^( *)(-|\d+\.) (.*)$/

/** Return text as HTML: list items by their depth, everything else by the parser. */
function read(text) {
  const out = []
  let plain = []
  const flush = () => { if (plain.length) out.push(`<div class="text">${all(parse(plain.join('\n'), 'extended'))}</div>`); plain = [] }
  let depth = -1
  for (const line of text.split('\n')) {
    const item = line.match(ITEM)
    if (item) {
      flush()
      depth = item[1].length
      const mark = item[2] === '-' ? (depth ? '◦' : '•') : item[2]
      out.push(`<div class="item" style="padding-left:${depth * 0.55 + 1.2}em"><i>${mark}</i>${all(parse(item[3], 'extended'))}</div>`)
    } else if (depth >= 0 && /^ +\S/.test(line)) out.push(`<div class="item" style="padding-left:${depth * 0.55 + 1.2}em">${all(parse(line.trim(), 'extended'))}</div>`)
    else {
      depth = -1
      if (line.startsWith('-# ') && plain.at(-1)?.startsWith('> ')) flush() // a quote ends with its line
      plain.push(line)
    }
  }
  flush()
  return out.join('')
}

function component(each) {
  if (each.type === 1) return `<div class="row">${each.components.map(component).join('')}</div>`
  if (each.type === 2) return `<button>${escaped(each.label)}</button>`
  return `<select><option>${escaped(each.options.find((one) => one.default)?.label ?? each.placeholder)}</option></select>`
}

function message({ payload, files = {}, note = '' }) {
  const pictures = (payload.attachments ?? []).map((each) => `<img alt="${escaped(each.description ?? '')}" src="${files[each.filename]}">`)
  const embeds = (payload.embeds ?? []).map((each) => `<div class="embed">${read(each.description)}</div>`)
  const length = [...(payload.content ?? '')].length
  return `<article><div class="face">J</div><div class="body"><header><b>Jubo</b><span>APP</span><time>${escaped(note)} ${length} + ${[...(payload.embeds?.[0]?.description ?? '')].length}</time></header>
    ${read(payload.content ?? '')}${pictures.join('')}${embeds.join('')}${(payload.components ?? []).map(component).join('')}
    ${payload.flags & 64 ? '<small class="only">Only you can see this</small>' : ''}</div></article>`
}

const COLOURS = {
  dark: '--back:#313338;--text:#dbdee1;--quiet:#949ba4;--link:#00a8fc;--card:#2b2d31;--code:#1e1f22;--bar:#4e5058;--button:#4e5058;--head:#f2f3f5',
  light: '--back:#fff;--text:#313338;--quiet:#5c5e66;--link:#006ce7;--card:#f2f3f5;--code:#e3e5e8;--bar:#c4c9ce;--button:#e3e5e8;--head:#060607',
}
// Sizes as Discord's desktop and phone programs draw them.
const STYLE = `body{margin:0;padding:16px;background:var(--back);color:var(--text);font:16px/1.375 "gg sans","Noto Sans","Noto Sans CJK KR","Noto Color Emoji",sans-serif}
article{display:flex;gap:16px;margin-bottom:17px}.face{flex:0 0 40px;height:40px;border-radius:50%;background:#4f6bed;color:#fff;display:grid;place-items:center}
.body{min-width:0;flex:1;overflow-wrap:anywhere}header b{color:var(--head)}header span{background:#5865f2;color:#fff;font-size:10px;border-radius:4px;padding:1px 4px;margin:0 6px}time,small{color:var(--quiet);font-size:12.8px}small{display:block}
.text{white-space:pre-wrap}.item{position:relative}.item i{position:absolute;margin-left:-1.1em;font-style:normal}h1,h2,h3{color:var(--head);margin:16px 0 8px;line-height:1.375}.text>h1:first-child,.text>h2:first-child,.text>h3:first-child{margin-top:8px}h1{font-size:24px}h2{font-size:20px}h3{font-size:16px}
a{color:var(--link);text-decoration:none}blockquote{margin:0;padding-left:12px;border-left:4px solid var(--bar)}code{background:var(--code);border-radius:4px;padding:0 .2em;font-size:.875em}mark{background:#f0b232}
.embed{max-width:516px;background:var(--card);border-left:4px solid #4f6bed;border-radius:4px;padding:8px 16px 16px 12px;margin-top:4px;font-size:14px;box-sizing:border-box}.embed h1{font-size:21px}.embed h2{font-size:17.5px}.embed h3{font-size:14px}img{display:block;max-width:min(550px,100%);border-radius:8px;margin-top:4px}
.row{margin-top:8px}button,select{background:var(--button);color:inherit;border:0;border-radius:4px;padding:8px 16px;margin-right:8px;font:500 14px "Noto Sans CJK KR",sans-serif}.only{display:block}`

let given = ''
for await (const part of process.stdin) given += part
const { theme, messages } = JSON.parse(given)
process.stdout.write(`<!doctype html><meta charset="utf-8"><style>:root{${COLOURS[theme]}}${STYLE}</style>${messages.map(message).join('\n')}`)
