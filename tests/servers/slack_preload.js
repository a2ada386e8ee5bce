// What a test asks of local-slack beyond what it does by itself. Loaded into it by BUN_OPTIONS=--preload=….
//
//   POST /_test/fault    {method, match, times, status, headers, body, delay_ms, is_applied, is_dropped}: the next answers, of
//                        calls that have the text `match` in them; a body that is text goes as it is
//   POST /_test/socket   {disconnect: reason} | {close: code} | {send: frame}: to every Socket Mode connection
//   POST /_test/settings {copies, bot_url, scopes}: copies of each delivery; where HTTP deliveries go; granted scopes
//   GET  /_test/calls    Web API calls, without their tokens
//   GET  /_test/acks     what the bot answered to deliveries, with the milliseconds that it took
//   POST /_test/reset    forget all of the above, and what was said
//
// It binds loopback alone, knows only the tokens in its configuration, keeps metadata, pages by cursor, and
// refuses what Slack refuses: a reaction that is there, a channel that the bot is not in.

const TOKENS = new Map(Object.entries(JSON.parse(process.env.SLACK_TEST_TOKENS)))  // token -> bot user
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" }
const MEMBERS_ONLY = /^(chat\.post|conversations\.(history|replies)|reactions\.(add|remove)|files\.complete)/
const realServe = Bun.serve, realFetch = globalThis.fetch

const fresh = () => ({ faults: [], calls: [], acks: [], copies: 1, bot_url: "", scopes: "", metadata: new Map(), reactions: new Set() })
const sockets = new Set(), sentAt = new Map()
let state = fresh()

const json = (body, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers: { ...JSON_TYPE, ...headers } })

// Deliveries over HTTP

globalThis.fetch = async (address, options) => {
  if (!String(address).startsWith("http://bot.invalid/")) return realFetch(address, options)
  if (!state.bot_url) return new Response("")
  let answer
  for (let copy = 0; copy < state.copies; copy++) {
    const started = Date.now()
    const headers = copy ? { ...options.headers, "X-Slack-Retry-Num": String(copy), "X-Slack-Retry-Reason": "http_timeout" } : options.headers
    answer = await realFetch(state.bot_url, { ...options, headers })
    state.acks.push({ status: answer.status, ms: Date.now() - started, payload: await answer.clone().text() })
  }
  return answer
}

// Deliveries over Socket Mode

// Events that a connection took to its end unacknowledged come again over the next, as Slack's do.
const unheard = new Map()  // envelope id -> {socket, frame}

function sendUnheard(socket, send) {
  for (const [id, { socket: before, frame }] of [...unheard]) {
    if (sockets.has(before)) continue
    unheard.set(id, { socket, frame })
    send(JSON.stringify({ ...frame, retry_attempt: 1, retry_reason: "timeout" }))
  }
}

function sendFrame(socket, send, data) {
  const frame = JSON.parse(data)
  if (!frame.envelope_id) return send(data)
  const isEvent = frame.type === "events_api"
  for (let copy = 0; copy < (isEvent ? state.copies : 1); copy++) {
    const again = copy ? { envelope_id: crypto.randomUUID(), retry_attempt: copy, retry_reason: "timeout" } : isEvent ? { retry_attempt: 0, retry_reason: "" } : {}
    const sent = { ...frame, ...again }
    sentAt.set(sent.envelope_id, Date.now())
    if (isEvent) unheard.set(sent.envelope_id, { socket, frame: sent })
    send(JSON.stringify(sent))
  }
}

function noteAck(data) {
  const { envelope_id, payload } = JSON.parse(data)
  unheard.delete(envelope_id)
  if (envelope_id) state.acks.push({ envelope_id, ms: Date.now() - sentAt.get(envelope_id), payload })
}

function watchSockets(handlers) {
  return {
    ...handlers,
    open(socket) {
      if (socket.data.kind === "socket") {
        const send = socket.send.bind(socket)
        socket.send = (data) => sendFrame(socket, send, data)
        sockets.add(socket)
        handlers.open(socket)
        sendUnheard(socket, send)
        return
      }
      handlers.open(socket)
    },
    message(socket, data) {
      if (socket.data.kind === "socket") noteAck(data)
      handlers.message(socket, data)
    },
    close(socket, ...rest) {
      sockets.delete(socket)
      handlers.close(socket, ...rest)
    },
  }
}

function playSocket(act) {
  for (const socket of [...sockets]) {
    if (act.close) socket.close(act.close)
    if (act.send) socket.send(JSON.stringify(act.send))
    if (act.disconnect) {
      socket.send(JSON.stringify({ type: "disconnect", reason: act.disconnect, debug_info: { host: "local" } }))
      if (act.disconnect !== "warning") setTimeout(() => socket.close(1000), 50)
    }
  }
  return { sockets: sockets.size }
}

// The Web API

async function readCall(request, url, raw) {
  const type = request.headers.get("content-type") ?? ""
  const args = Object.fromEntries(url.searchParams)
  if (type.includes("json")) Object.assign(args, JSON.parse(raw || "{}"))
  else if (!type.includes("multipart")) Object.assign(args, Object.fromEntries(new URLSearchParams(raw)))
  for (const key of ["blocks", "metadata", "view", "files"]) if (typeof args[key] === "string") args[key] = JSON.parse(args[key])
  const token = (request.headers.get("authorization") ?? "").replace(/^Bearer /, "") || args.token
  delete args.token
  return { method: url.pathname.slice("/api/".length), args, token }
}

function takeFault({ method, args }) {
  const words = JSON.stringify(args)
  const fault = state.faults.find((each) => each.times > 0 && each.method === method && words.includes(each.match ?? ""))
  if (fault) fault.times--
  return fault
}

async function refusal({ method, args, token }, server) {
  if (!token) return "not_authed"
  if (!TOKENS.has(token)) return "invalid_auth"
  if (token.startsWith("xapp-") !== (method === "apps.connections.open")) return "not_allowed_token_type"
  if (MEMBERS_ONLY.test(method)) {
    const channel = (await server.channels()).find((each) => each.id === args.channel)
    if (channel && !channel.is_im && !channel.members.includes(TOKENS.get(token))) return "not_in_channel"
  }
  const reaction = [args.channel, args.timestamp, args.name, token].join()
  if (method === "reactions.add" && state.reactions.has(reaction)) return "already_reacted"
  if (method === "reactions.remove" && !state.reactions.has(reaction)) return "no_reaction"
}

function page(list, args) {
  const size = Math.max(1, Math.min(Number(args.limit) || 100, 1000))
  const start = args.cursor ? Number(atob(args.cursor)) : 0
  const isMore = start + size < list.length
  return [list.slice(start, start + size), { has_more: isMore, response_metadata: { next_cursor: isMore ? btoa(String(start + size)) : "" } }]
}

function between(messages, { oldest, latest, inclusive }) {
  const isIn = /^(1|true)$/i.test(inclusive ?? "")
  return messages.filter(({ ts }) => {
    if (isIn && (ts === oldest || ts === latest)) return true
    return !(oldest && Number(ts) <= Number(oldest)) && !(latest && Number(ts) >= Number(latest))
  })
}

const isAsked = (types, channel) => {
  const type = channel.is_im ? "im" : channel.is_private ? "private_channel" : "public_channel"
  return (types || "public_channel").split(",").includes(type)
}

const amend = {
  async "users.conversations"(answer, { args, token }, server) {
    const member = args.user || TOKENS.get(token)
    const seen = (await server.channels()).filter((each) => each.members.includes(member) && each.members.includes(TOKENS.get(token)))
    const ids = new Set(seen.map((each) => each.id))
    const [channels, more] = page(answer.channels.filter((each) => ids.has(each.id) && isAsked(args.types, each)), args)
    return { ...answer, channels, response_metadata: more.response_metadata }
  },
  async "conversations.info"(answer, { token }, server) {
    const channel = (await server.channels()).find((each) => each.id === answer.channel.id)
    return { ...answer, channel: { ...answer.channel, is_member: channel.members.includes(TOKENS.get(token)) } }
  },
  async "users.info"(answer, { args }) {
    if (!/^(1|true)$/i.test(args.include_locale ?? "")) return answer
    return { ...answer, user: { ...answer.user, locale: answer.user.tz === "Asia/Seoul" ? "ko-KR" : "en-US" } }
  },
  async "chat.postMessage"(answer, { args }) {
    if (!args.metadata) return answer
    state.metadata.set(answer.channel + answer.ts, args.metadata)
    return { ...answer, message: { ...answer.message, metadata: args.metadata } }
  },
  async "conversations.history"(answer, { args }) {
    const withMetadata = (each) => /^(1|true)$/i.test(args.include_all_metadata ?? "") && state.metadata.has(args.channel + each.ts) ? { ...each, metadata: state.metadata.get(args.channel + each.ts) } : each
    const [messages, more] = page(between(answer.messages, args).map(withMetadata), args)
    return { ...answer, messages, ...more }
  },
  async "reactions.add"(answer, { args, token }) {
    state.reactions.add([args.channel, args.timestamp, args.name, token].join())
    return answer
  },
  async "reactions.remove"(answer, { args, token }) {
    state.reactions.delete([args.channel, args.timestamp, args.name, token].join())
    return answer
  },
}
amend["conversations.replies"] = amend["conversations.history"]
amend["chat.update"] = amend["chat.postMessage"]

// What local-slack does not know.
const provide = {
  async "reactions.get"({ args }, server) {
    const message = (await server.messages(args.channel)).find(({ ts }) => ts === args.timestamp)
    return message ? { ok: true, type: "message", channel: args.channel, message } : { ok: false, error: "message_not_found" }
  },
}

// Bun cuts a connection that has not answered only when it looks for idle ones: after about 4 s.
function hangUp(request, server) {
  server.cutAfter(request, 1)
  return new Promise(() => {})
}

const repeat = (request, raw, forward) => () => forward(new Request(request.url, { method: request.method, headers: request.headers, body: request.method === "GET" ? undefined : raw }))

async function answerCall(request, url, forward, server) {
  const raw = await request.arrayBuffer()
  const again = repeat(request, raw, forward)
  const call = await readCall(request, url, new TextDecoder().decode(raw))
  const noted = { method: call.method, args: call.args, at: Date.now() }
  state.calls.push(noted)
  const failed = await playFault(takeFault(call), request, server, () => answer(call, again, server))
  if (failed) return failed
  const said = await answer(call, again, server)
  noted.error = said.error
  noted.is_done = true
  return json(said, 200, state.scopes ? { "x-oauth-scopes": state.scopes } : {})
}

// What is called by an address that Slack gave: an answer to a command, the bytes of a file.
async function answerBare(method, request, forward, server) {
  const raw = await request.arrayBuffer()
  const call = { method, args: method === "upload" ? raw.byteLength : JSON.parse(new TextDecoder().decode(raw)), at: Date.now() }
  state.calls.push(call)
  const again = repeat(request, raw, forward)
  return (await playFault(takeFault(call), request, server, again)) ?? again()
}

async function playFault(fault, request, server, apply) {
  if (fault?.delay_ms) await Bun.sleep(fault.delay_ms)
  if (fault?.is_applied) await apply()
  if (fault?.is_dropped) return hangUp(request, server)
  if (typeof fault?.body === "string") return new Response(fault.body, { status: fault.status ?? 200, headers: fault.headers })
  if (fault?.body || fault?.status) return json(fault.body ?? { ok: false, error: fault.status === 429 ? "ratelimited" : "internal_error" }, fault.status ?? 200, fault.headers)
}

async function answer(call, again, server) {
  const error = await refusal(call, server)
  if (error) return { ok: false, error }
  if (provide[call.method]) return provide[call.method](call, server)
  const said = await (await again()).json()
  return said.ok && amend[call.method] ? amend[call.method](said, call, server) : said
}

// The test's own addresses

async function control(request, path, forward) {
  const body = request.method === "POST" ? await request.json().catch(() => ({})) : {}
  if (path === "fault") state.faults.push({ times: 1, ...body })
  else if (path === "settings") Object.assign(state, body)
  else if (path === "socket") return json(playSocket(body))
  else if (path === "calls" || path === "acks") return json(state[path])
  else if (path === "reset") {
    state = fresh()
    unheard.clear()
    return forward(new Request(new URL("/_control/reset", request.url), { method: "POST" }))
  }
  return json({ ok: true })
}

Bun.serve = (options) => {
  const inner = options.fetch
  options.hostname = "127.0.0.1"
  options.websocket = watchSockets(options.websocket)
  options.fetch = async (request, bunServer) => {
    const url = new URL(request.url)
    const forward = (each) => inner(each, bunServer)
    const server = {
      cutAfter: (each, seconds) => bunServer.timeout(each, seconds),
      messages: async (channel) => (await (await forward(new Request(new URL(`/_control/messages/${channel}`, url)))).json()).messages,
      channels: async () => (await (await forward(new Request(new URL("/_control/state", url)))).json()).channels,
    }
    if (url.pathname.startsWith("/_test/")) return control(request, url.pathname.slice("/_test/".length), forward)
    if (url.pathname.startsWith("/api/")) return answerCall(request, url, forward, server)
    if (url.pathname.startsWith("/_hooks/response/")) return answerBare("response_url", request, forward, server)
    if (url.pathname.startsWith("/upload/")) return answerBare("upload", request, forward, server)
    return forward(request)
  }
  return realServe.call(Bun, options)
}
