// npm discord-digital-twin as a server that discord.py can talk to, on loopback only.
//
//   node discord_twin.mjs      prints one line of JSON (rest, gateway, token, ids) once it listens
//
// The twin keeps guilds, channels and messages. Added here, as Discord documents it: sessions that
// resume, intents, shards, permission overwrites, reactions, threads named like their first message,
// uploads, nonces, application commands, deadlines of interactions, direct messages, faults.
//   POST /_control/VERB       plays what people and Discord itself do; see `verbs`
//   GET  /_control/log        every request and gateway greeting so far
import http from 'node:http'
import net from 'node:net'
import busboy from 'busboy'
import { DigitalDiscord, DiscordGateway, generateSnowflake } from 'discord-digital-twin'

// The twin would listen on every interface.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, port, ...(typeof rest[0] === 'string' ? rest : ['127.0.0.1', ...rest]))
}

const TOKEN = 'MTAwMDAwMDAwMDAwMDAwMDAy.local.token'
const BOT = '100000000000000002'
const APPLICATION = '100000000000000099' // never the bot's id: older applications have two
const GUILD = '100000000000000001'
const SECOND = '100000000004194305' // the next shard's when there are two
const CHANNELS = { general: '100000000000000010', other: '100000000000000011', secret: '100000000000000012', second: '100000000000000020' }
const USERS = { alice: '100000000000000003', bob: '100000000000000004', carol: '100000000000000005', dave: '100000000000000006', robot: '100000000000000007' }
const DMS = { alice: '100000000000000033', bob: '100000000000000034', carol: '100000000000000035', dave: '100000000000000036' }
const VIEW = '1024'
const EPHEMERAL = 64
const LOADING = 128
const INTENT = { guilds: 1 << 0, guildMessages: 1 << 9, guildReactions: 1 << 10, directMessages: 1 << 12, directReactions: 1 << 13, content: 1 << 15 }
const ACK_MS = 3000
const TOKEN_MS = 15 * 60_000
const NONCE_MS = 5 * 60_000

const twin = new DigitalDiscord({
  guilds: [
    { id: GUILD, name: 'Reading Circle', channels: ['general', 'other', 'secret'].map((name) => ({ id: CHANNELS[name], name, type: 0 })) },
    { id: SECOND, name: 'Second Circle', channels: [{ id: CHANNELS.second, name: 'second', type: 0 }] },
  ],
  botToken: TOKEN,
  botUser: { id: BOT, username: 'jubo' },
  users: Object.entries(USERS).map(([username, id]) => ({ id, username, bot: username === 'robot' })),
})
await twin.start()
const db = twin.prisma
const people = new Map()
const locales = new Map()
for (const user of await db.user.findMany())
  people.set(user.id, { id: user.id, username: user.username, discriminator: '0', avatar: null, bot: user.bot, global_name: user.globalName, public_flags: 0 })
// Carol is in the first guild alone, Dave in none.
await db.guildMember.deleteMany({ where: { userId: USERS.carol, guildId: SECOND } })
await db.guildMember.deleteMany({ where: { userId: USERS.dave } })
for (const [name, id] of Object.entries(DMS)) await db.channel.create({ data: { id, type: 1, ownerId: USERS[name] } })

// --- what stands now -----------------------------------------------------------------------------
const overwrites = new Map()
const reactions = new Map() // message -> [{emoji: {id, name}, users: [id]}]
const extras = new Map() // message -> fields that the twin does not keep
const uploads = new Map() // path -> {type, data}
const interactions = new Map() // id -> {at, acked, ephemeral}
const sessions = new Map()
const nonces = new Map()
let commands = []
let faults = []
let log = []
let refusal = null
let shards = 1
let starts = 999

const close = (channel, members) =>
  overwrites.set(channel, [
    { id: channel === CHANNELS.second ? SECOND : GUILD, type: 0, allow: '0', deny: VIEW },
    ...[BOT, ...members].map((id) => ({ id, type: 1, allow: VIEW, deny: '0' })),
  ])

function reset() {
  overwrites.clear(); reactions.clear(); nonces.clear(); locales.clear()
  commands = []; faults = []; log = []; refusal = null; shards = 1; starts = 999
  close(CHANNELS.secret, [USERS.alice])
}
reset()

const byName = (emoji) => (typeof emoji === 'string' ? { id: null, name: emoji } : emoji)
const standing = (message) => reactions.get(message) ?? []
const stands = (message, emoji) => standing(message).find((each) => (emoji.id ? each.emoji.id === emoji.id : each.emoji.name === emoji.name))

function change(message, emoji, user, isRemoved) {
  let found = stands(message, emoji)
  if (!found && isRemoved) return
  if (!found) reactions.set(message, [...standing(message), (found = { emoji, users: [] })])
  found.users = found.users.filter((each) => each !== user)
  if (!isRemoved) found.users.push(user)
  reactions.set(message, standing(message).filter((each) => each.users.length))
}

function completeMessage(message) {
  const named = [...(message.content ?? '').matchAll(/<@!?(\d+)>/g)].map((match) => match[1])
  const shown = standing(message.id).map(({ emoji, users }) => ({
    emoji, count: users.length, count_details: { normal: users.length, burst: 0 }, burst_colors: [], me: users.includes(BOT), me_burst: false,
  }))
  const whole = { ...message, mentions: [...new Set(named)].map((id) => people.get(id)).filter(Boolean), ...extras.get(message.id) }
  if (shown.length) whole.reactions = shown
  if (whole.message_reference) whole.message_reference = { type: 0, channel_id: whole.channel_id, ...whole.message_reference }
  if (!whole.guild_id) delete whole.guild_id
  return whole
}

function completeChannel(channel) {
  const whole = { permission_overwrites: overwrites.get(channel.id) ?? [], nsfw: false, flags: 0, ...channel }
  if (channel.type === 1) {
    const [name] = Object.entries(DMS).find(([, id]) => id === channel.id)
    whole.recipients = [people.get(USERS[name])]
  }
  return whole
}

async function ask(method, path, body) {
  const headers = { authorization: `Bot ${TOKEN}`, 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${twin.port}/api/v10${path}`, { method, headers, body: body && JSON.stringify(body) })
  return answer.status === 204 ? null : plain(await answer.json())
}
// What the twin's web framework adds of its own.
function plain(value) {
  if (value && typeof value === 'object') {
    delete value.__superjsonMeta
    Object.values(value).forEach(plain)
  }
  return value
}
const readChannel = async (id) => completeChannel(await ask('GET', `/channels/${id}`))
const guilds = new Map() // of channels: asked for once, so that a burst of reactions costs little
async function guildOf(channel) {
  if (!guilds.has(channel)) guilds.set(channel, (await readChannel(channel)).guild_id)
  return guilds.get(channel)
}
const readMessage = async (channel, id) => completeMessage(await ask('GET', `/channels/${channel}/messages/${id}`))
const member = (id) => ({ user: people.get(id), nick: null, roles: [], joined_at: '2024-01-01T00:00:00+00:00', deaf: false, mute: false, flags: 0 })

// --- gateway -------------------------------------------------------------------------------------
const gateway = DiscordGateway.prototype
const handle = gateway.handleMessage

class Session {
  sequence = 0
  sent = []
  constructor(client, greeting) {
    this.client = client
    this.intents = greeting.intents
    this.told = greeting.shard // Discord tells it only to who told it
    this.shard = greeting.shard ?? [0, 1]
  }

  hears(event, guild) {
    const [shard, count] = this.shard
    if ((guild ? Number((BigInt(guild) >> 22n) % BigInt(count)) : 0) !== shard && event !== 'READY') return false
    const needs = event.startsWith('MESSAGE_REACTION') ? (guild ? INTENT.guildReactions : INTENT.directReactions)
      : event.startsWith('MESSAGE_') ? (guild ? INTENT.guildMessages : INTENT.directMessages)
      : /^(GUILD|CHANNEL|THREAD)_/.test(event) ? INTENT.guilds : 0
    return !needs || (this.intents & needs) !== 0
  }

  say(event, data) {
    if (!this.hears(event, event.startsWith('GUILD_') ? data.id : data.guild_id)) return
    const isOurs = data.author?.id === BOT || (data.mentions ?? []).some((each) => each.id === BOT)
    if (event.startsWith('MESSAGE_') && data.guild_id && !isOurs && !(this.intents & INTENT.content))
      data = { ...data, content: '', embeds: [], attachments: [], components: [] }
    this.sequence += 1
    const frame = { op: 0, t: event, s: this.sequence, d: data }
    this.sent.push(frame)
    this.client?.ws.send(JSON.stringify(frame))
  }

  attach(client) {
    this.client = client
    client.session = this
    client.ws.on('close', () => { if (this.client === client) this.client = null })
  }
}

gateway.broadcast = function (event, data) {
  if (event === 'MESSAGE_CREATE' || event === 'MESSAGE_UPDATE') {
    if (data.flags & EPHEMERAL) return
    data = completeMessage(data)
  }
  if (event.startsWith('MESSAGE_REACTION')) return // told by `react`, with all fields
  if (event.startsWith('THREAD_')) data = completeChannel(data)
  tell(event, data)
}
const tell = (event, data) => sessions.forEach((session) => session.say(event, data))

gateway.sendDispatch = function (client, event, data) {
  const session = client.session
  if (event === 'READY') {
    data = { ...data, shard: session.told, application: { ...data.application, id: APPLICATION } }
    data.guilds = data.guilds.filter((guild) => session.hears('GUILD_CREATE', guild.id))
  }
  if (event === 'GUILD_CREATE') {
    const all = data.channels.map((channel) => completeChannel({ ...channel, guild_id: data.id }))
    const isThread = (channel) => channel.type >= 10 && channel.type <= 12
    data = { ...data, channels: all.filter((each) => !isThread(each)), members: [member(BOT)] }
    if (locales.has(data.id)) data.preferred_locale = locales.get(data.id)
    data.threads = all.filter((each) => isThread(each) && !each.thread_metadata.archived)
  }
  session.say(event, data)
}

gateway.handleMessage = async function (client, raw) {
  const { op, d } = JSON.parse(raw)
  if (op === 2) return greet.call(this, client, raw, d)
  if (op === 6) return resume(client, d)
  return handle.call(this, client, raw)
}

function greet(client, raw, greeting) {
  log.push({ at: Date.now(), gateway: 'IDENTIFY', intents: greeting.intents, shard: greeting.shard })
  if (refusal && (!refusal.intents || greeting.intents & refusal.intents)) return client.ws.close(refusal.code, 'refused')
  const session = new Session(client, greeting)
  session.attach(client)
  sessions.set(client.sessionId, session)
  return handle.call(this, client, raw)
}

function resume(client, wanted) {
  const session = sessions.get(wanted.session_id)
  log.push({ at: Date.now(), gateway: 'RESUME', known: Boolean(session), seq: wanted.seq })
  if (!session || wanted.token.replace(/^Bot /, '') !== TOKEN) return client.ws.send(JSON.stringify({ op: 9, d: false, s: null, t: null }))
  client.sessionId = wanted.session_id
  client.identified = true
  session.attach(client)
  for (const frame of session.sent.filter((each) => each.s > wanted.seq)) client.ws.send(JSON.stringify(frame))
  session.say('RESUMED', { _trace: [] })
}

// --- what people do ------------------------------------------------------------------------------
async function say({ channel, user, content = '', embeds = [], files = [], reply_to, extra = {} }) {
  const id = generateSnowflake()
  const attachments = files.map((file) => keep(file.name, file.type ?? 'text/plain', Buffer.from(file.data, 'base64')))
  const reference = reply_to && { type: 0, message_id: reply_to, channel_id: channel }
  if (reply_to) extra = { type: 19, referenced_message: await readMessage(channel, reply_to), ...extra }
  extras.set(id, extra)
  await db.message.create({
    data: {
      id, channelId: channel, authorId: user, content, embeds: JSON.stringify(embeds), attachments: JSON.stringify(attachments),
      messageReference: reference ? JSON.stringify(reference) : null,
    },
  })
  const message = await readMessage(channel, id)
  tell('MESSAGE_CREATE', message)
  return message
}

async function edit({ channel, message, content, embeds }) {
  // A preview that arrives later comes as an update, too, without an edit.
  const data = content === undefined ? { embeds: JSON.stringify(embeds) } : { content, editedTimestamp: new Date() }
  await db.message.update({ where: { id: message }, data })
  tell('MESSAGE_UPDATE', await readMessage(channel, message))
}

async function remove({ channel, message }) {
  const guild_id = await guildOf(channel)
  await db.message.delete({ where: { id: message } })
  tell('MESSAGE_DELETE', { id: message, channel_id: channel, ...(guild_id && { guild_id }) })
}

async function react({ channel, message, user, emoji, remove: isRemoved = false }) {
  const guild_id = await guildOf(channel)
  const named = byName(emoji)
  change(message, named, user, isRemoved)
  const data = { user_id: user, channel_id: channel, message_id: message, emoji: named, burst: false, type: 0 }
  if (guild_id) Object.assign(data, { guild_id }, isRemoved ? {} : { member: member(user) })
  tell(isRemoved ? 'MESSAGE_REACTION_REMOVE' : 'MESSAGE_REACTION_ADD', data)
}

async function clear({ channel, message, emoji }) {
  const guild_id = await guildOf(channel)
  if (emoji) stands(message, byName(emoji))?.users.splice(0)
  reactions.set(message, emoji ? standing(message).filter((each) => each.users.length) : [])
  const data = { channel_id: channel, message_id: message, guild_id }
  tell(emoji ? 'MESSAGE_REACTION_REMOVE_EMOJI' : 'MESSAGE_REACTION_REMOVE_ALL', emoji ? { ...data, emoji: byName(emoji) } : data)
}

// `fault`: what becomes of an answer to this interaction alone; ID in its `match` stands for it.
async function interact(type, { channel, user, message, locale = 'en-US', fault }, data) {
  const id = generateSnowflake()
  if (fault) verbs.fault({ ...fault, match: fault.match.replaceAll('ID', id) })
  const token = `interaction-token-${id}`
  await db.interactionResponse.create({ data: { interactionId: id, interactionToken: token, applicationId: APPLICATION, channelId: channel, type: 0, messageId: message ?? null } })
  const place = await readChannel(channel)
  const payload = {
    id, token, type, data, version: 1, application_id: APPLICATION, channel_id: channel, channel: place, locale,
    entitlements: [], authorizing_integration_owners: { 0: place.guild_id ?? '0' }, attachment_size_limit: 10485760,
    app_permissions: '2251799813685247', context: place.guild_id ? 0 : 1,
    ...(place.guild_id ? { guild_id: place.guild_id, guild_locale: 'en-US', member: { ...member(user), permissions: '2251799813685247' } } : { user: people.get(user) }),
    ...(message ? { message: await readMessage(channel, message) } : {}),
  }
  interactions.set(id, { at: Date.now(), acked: null, type: null, ephemeral: false, channel })
  tell('INTERACTION_CREATE', payload)
  return { id, token }
}

const commandId = (name) => commands.find((each) => each.name === name)?.id ?? generateSnowflake()
async function withChannels(options) {
  const flat = options.flatMap((each) => [each, ...(each.options ?? [])]).filter((each) => each.type === 7)
  const channels = {}
  for (const each of flat) channels[each.value] = { ...(await readChannel(each.value)), permissions: '2251799813685247' }
  return flat.length ? { channels } : {}
}
const called = async (type, { name, options = [], ...body }) =>
  interact(type, body, { id: commandId(name), name, type: 1, options, resolved: await withChannels(options) })

async function openChannel({ guild = GUILD, name, members, type = 0 }) {
  const id = generateSnowflake()
  await db.channel.create({ data: { id, guildId: guild, type, name } })
  if (members) close(id, members)
  const channel = await readChannel(id)
  tell('CHANNEL_CREATE', channel)
  return channel
}

async function openThread({ channel, message, user = BOT, name = 'thread', is_private = false, members = [] }) {
  const parent = await readChannel(channel)
  const id = message ?? generateSnowflake() // a thread from a message has the message's id
  const type = is_private ? 12 : 11
  await db.channel.create({ data: { id, guildId: parent.guild_id, type, name, parentId: channel, ownerId: user, archiveTimestamp: new Date(), memberCount: 1 } })
  for (const userId of [BOT, ...members]) await db.threadMember.create({ data: { channelId: id, userId } })
  const thread = await readChannel(id)
  tell('THREAD_CREATE', { ...thread, newly_created: true })
  return thread
}

function drop({ code, op, resumable = false, terminate = false }) {
  for (const { ws } of [...twin.server.gateway.clients]) {
    if (op) ws.send(JSON.stringify({ op, d: op === 9 ? resumable : null, s: null, t: null }))
    else if (terminate) ws.terminate()
    else ws.close(code ?? 4000, 'dropped')
  }
}

const verbs = {
  message: say, edit, delete: remove, react, clear, channel: openChannel, thread: openThread, drop,
  locale: ({ guild, locale }) => { locales.set(guild, locale) },
  archive: async ({ thread }) => { await db.channel.update({ where: { id: thread }, data: { archived: true, archiveTimestamp: new Date() } }) },
  slash: (body) => called(2, body),
  complete: (body) => called(4, body),
  shortcut: async ({ name, channel, user, target, locale }) =>
    interact(2, { channel, user, locale }, { id: commandId(name), name, type: 3, target_id: target, resolved: { messages: { [target]: await readMessage(channel, target) } } }),
  button: (body) => interact(3, body, { custom_id: body.custom_id, component_type: 2 }),
  select: (body) => interact(3, body, { custom_id: body.custom_id, component_type: 3, values: body.values }),
  // `labels`: as newer forms come back; else in action rows.
  modal: ({ custom_id, fields, labels = false, ...body }) =>
    interact(5, body, { custom_id, components: Object.entries(fields).map(([id, value]) => {
      const input = { type: 4, custom_id: id, value }
      return labels ? { type: 18, component: input } : { type: 1, components: [input] }
    }) }),
  tell: ({ event, data }) => tell(event, data),
  told: () => [...sessions.values()].at(-1).sent.map(({ t, d }) => ({ event: t, data: d })),
  burst: async ({ verb, bodies }) => Promise.all(bodies.map((body) => verbs[verb](body))),
  refuse: (body) => { refusal = body.code ? body : null }, // the next greetings, with a close code
  forget: () => sessions.clear(), // so that nobody can resume
  limits: (body) => { shards = body.shards ?? shards; starts = body.starts ?? starts },
  age: ({ interaction, ms }) => { interactions.get(interaction).at -= ms },
  fault: (body) => { faults.push({ times: 1, ...body }) },
  interaction: async ({ id }) => {
    const row = await db.interactionResponse.findUnique({ where: { interactionId: id } })
    const { at, acked } = interactions.get(id)
    return { type: row.acknowledged ? row.type : null, data: row.data ? JSON.parse(row.data) : null, message: row.messageId, ack_ms: acked && acked - at }
  },
  reset,
}

// --- REST ----------------------------------------------------------------------------------------
const trouble = (status, code, message, headers) => ({ status, body: { code, message }, headers })
const fine = (body, status = 200) => ({ status, body })

function keep(name, type, data) {
  const id = generateSnowflake()
  const path = `/cdn/attachments/${id}/${encodeURIComponent(name)}`
  uploads.set(path, { type, data })
  return { id, filename: name, size: data.length, content_type: type, url: `${origin}${path}`, proxy_url: `${origin}${path}` }
}

/** Why Discord would refuse a message, by the limits in its reference; null if it would not. */
function refuseMessage({ content, embeds = [], components = [] }) {
  const length = (text) => [...(text ?? '')].length
  const form = (where) => trouble(400, 50035, `Invalid Form Body: ${where}`)
  if (length(content) > 2000) return form('content')
  const words = (embed) => length(embed.title) + length(embed.description) + length(embed.footer?.text) + length(embed.author?.name) +
    (embed.fields ?? []).reduce((sum, field) => sum + length(field.name) + length(field.value), 0)
  if (embeds.length > 10 || embeds.some((each) => length(each.description) > 4096)) return form('embeds')
  if (embeds.reduce((sum, each) => sum + words(each), 0) > 6000) return form('embeds')
  const all = (nodes) => nodes.flatMap((node) => [node, ...all(node.components ?? []), ...all(node.accessory ? [node.accessory] : [])])
  const nodes = all(components)
  const texts = nodes.filter((node) => node.type === 10)
  if (nodes.length > 40 || texts.reduce((sum, node) => sum + length(node.content), 0) > 4000) return form('components')
  // discord-api-docs issue 8554: more UTF-8 than this ends in a server error.
  if (texts.reduce((sum, node) => sum + Buffer.byteLength(node.content) + 12, 0) > 10170) return trouble(500, 0, 'Internal Server Error')
  if (nodes.some((node) => length(node.custom_id) > 100 || length(node.label) > 80)) return form('components')
  return null
}

function registered(command, isWhole) {
  const id = commands.find((each) => each.name === command.name && (each.type ?? 1) === (command.type ?? 1))?.id ?? generateSnowflake()
  const whole = { id, application_id: APPLICATION, version: generateSnowflake(), type: 1, description: '', default_member_permissions: null, nsfw: false, integration_types: [0], contexts: null, ...command }
  if (!isWhole) { delete whole.name_localizations; delete whole.description_localizations }
  return whole
}

const routes = [
  ['GET', /^\/gateway\/bot$/, () => fine({ url: twin.gatewayUrl, shards, session_start_limit: { total: 1000, remaining: starts, reset_after: 14400000, max_concurrency: 1 } })],
  ['GET', /^(?:\/oauth2)?\/applications\/@me$/, async () => fine({
    id: APPLICATION, name: 'Jubo', icon: null, description: '', summary: '', bot_public: true, bot_require_code_grant: false, verify_key: '', team: null,
    flags: refusal?.intents ? 0 : 1 << 19, owner: people.get(USERS.alice), approximate_guild_count: 2 })],
  ['GET', /^\/users\/@me\/guilds$/, async () => fine((await db.guild.findMany({ orderBy: { id: 'asc' } })).map(({ id, name }) => ({ id, name, icon: null, owner: false, features: [], permissions: '1071698660929' })))],
  ['POST', /^\/users\/@me\/channels$/, async (_, { recipient_id }) => {
    const [name] = Object.entries(USERS).find(([, id]) => id === String(recipient_id))
    return fine(await readChannel(DMS[name]))
  }],
  ['GET', /^\/applications\/\d+\/commands$/, (_, __, query) => fine(commands.map((each) => registered(each, ['true', '1'].includes(query.get('with_localizations')))))],
  ['PUT', /^\/applications\/\d+\/commands$/, (_, wanted) => { commands = wanted.map((each) => registered(each, true)); return fine(commands) }],
  ['GET', /^\/channels\/(\d+)\/threads\/archived\/public$/, async ([channel]) => {
    const threads = await db.channel.findMany({ where: { parentId: channel, archived: true, type: 11 }, orderBy: { archiveTimestamp: 'desc' } })
    return fine({ threads: await Promise.all(threads.map((each) => readChannel(each.id))), members: [], has_more: false })
  }],
  ['GET', /^\/channels\/(\d+)\/users\/@me\/threads\/archived\/private$/, async ([channel]) => {
    const threads = await db.channel.findMany({ where: { parentId: channel, archived: true, type: 12 }, orderBy: { id: 'desc' } })
    const joined = await Promise.all(threads.map(({ id }) => db.threadMember.findUnique({ where: { channelId_userId: { channelId: id, userId: BOT } } })))
    return fine({ threads: await Promise.all(threads.filter((_, n) => joined[n]).map((each) => readChannel(each.id))), members: [], has_more: false })
  }],
  ['GET', /^\/channels\/(\d+)\/thread-members\/(\d+)$/, async ([channelId, userId]) => {
    const found = await db.threadMember.findUnique({ where: { channelId_userId: { channelId, userId } } })
    if (!found) return trouble(404, 10007, 'Unknown Member')
    return fine({ id: channelId, user_id: userId, join_timestamp: found.joinedAt.toISOString(), flags: 0 })
  }],
  ['POST', /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/, async ([channel, message], { name }) => {
    if (await db.channel.findUnique({ where: { id: message } })) return trouble(400, 160004, 'A thread has already been created for this message')
    return fine(await openThread({ channel, message, name }), 201)
  }],
  ['PUT', /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/, (found) => mark(found, false)],
  ['DELETE', /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/, (found) => mark(found, true)],
  ['GET', /^\/channels\/\d+\/messages\/(\d+)\/reactions\/([^/]+)$/, ([message, emoji], _, query) => {
    const users = (stands(message, parseEmoji(emoji))?.users ?? []).filter((id) => BigInt(id) > BigInt(query.get('after') ?? 0))
    return fine(users.sort().slice(0, Number(query.get('limit') ?? 25)).map((id) => people.get(id)))
  }],
]

function parseEmoji(raw) {
  const custom = decodeURIComponent(raw).match(/^(.+):(\d+)$/)
  return custom ? { name: custom[1], id: custom[2] } : { name: decodeURIComponent(raw), id: null }
}

async function mark([channel, message, emoji], isRemoved) {
  if (!(await db.message.findUnique({ where: { id: message } }))) return trouble(404, 10008, 'Unknown Message')
  await react({ channel, message, user: BOT, emoji: parseEmoji(emoji), remove: isRemoved })
  return { status: 204 }
}

/** Before the twin: refusals by rules that it does not know, and repeats of a nonce. */
async function refuse(request) {
  const { method, path, payload } = request
  const posts = path.match(/^\/channels\/(\d+)\/messages$/)
  const isAnswer = /^\/(interactions|webhooks)\//.test(path)
  if (!isAnswer && request.headers.authorization !== `Bot ${TOKEN}`) return trouble(401, 0, '401: Unauthorized')
  if (['POST', 'PATCH'].includes(method) && (posts || isAnswer || /\/messages\/[^/]+$/.test(path))) {
    const refused = refuseMessage(payload?.data ?? payload ?? {})
    if (refused) return refused
  }
  if (method === 'POST' && posts && payload?.enforce_nonce && payload.nonce != null) {
    const key = `${posts[1]} ${payload.nonce}`
    const known = nonces.get(key)
    // "no new message will be created", of two requests at once either
    const message = known && Date.now() - known.at < NONCE_MS ? await known.message : undefined
    if (message) return fine(message)
    nonces.set(key, { at: Date.now(), message: new Promise((resolve) => (request.tell = resolve)) })
  }
  return isAnswer ? refuseAnswer(request) : null
}

function refuseAnswer(request) {
  const { method, path, payload } = request
  const callback = path.match(/^\/interactions\/(\d+)\/[^/]+\/callback$/)
  if (callback) {
    const born = interactions.get(callback[1])
    if (!born || Date.now() - born.at > ACK_MS) return trouble(404, 10062, 'Unknown interaction')
    if (born.acked) return null // the twin refuses the second one
    Object.assign(born, { acked: Date.now(), type: payload.type, ephemeral: Boolean((payload.data?.flags ?? 0) & EPHEMERAL) })
    return null
  }
  const hook = path.match(/^\/webhooks\/\d+\/interaction-token-(\d+)(\/messages\/@original)?/)
  const born = hook && interactions.get(hook[1])
  if (!born || Date.now() - born.at > TOKEN_MS) return trouble(401, 50027, 'Invalid Webhook Token')
  if (!born.acked) return trouble(404, 10015, 'Unknown Webhook')
  // The first message after "thinking" fills it in, and is as private as that was.
  const fillsIn = born.type === 5 && !born.filled
  if (hook[2] && fillsIn && method === 'GET') return fine(thinking(hook[1], born))
  if (hook[2] && fillsIn && method === 'DELETE') { born.filled = true; return { status: 204 } }
  if (method === 'POST' && fillsIn) Object.assign(request, { method: 'PATCH', path: `${path}/messages/@original` })
  if (request.method === 'PATCH' && fillsIn) {
    born.filled = true
    if (born.ephemeral) request.payload = { ...payload, flags: (payload.flags ?? 0) | EPHEMERAL }
  }
  return null
}

const thinking = (id, { channel, ephemeral }) => ({
  id, channel_id: channel, type: 20, flags: LOADING | (ephemeral ? EPHEMERAL : 0), author: people.get(BOT), content: '', embeds: [], attachments: [],
  components: [], mentions: [], mention_roles: [], mention_everyone: false, pinned: false, tts: false, timestamp: new Date().toISOString(), edited_timestamp: null,
})

async function forward({ method, path, query, payload }) {
  const body = payload === undefined || method === 'GET' ? undefined : JSON.stringify(payload)
  const url = `http://127.0.0.1:${twin.port}/api/v10${path}${query.size ? `?${query}` : ''}`
  const answer = await fetch(url, { method, body, headers: { authorization: `Bot ${TOKEN}`, 'content-type': 'application/json' } })
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('x-ratelimit')))
  const text = await answer.text()
  return { status: answer.status, body: text ? plain(JSON.parse(text)) : undefined, headers }
}

async function finish(request, answer) {
  const { path, query, files } = request
  if (answer.status >= 300) return answer
  const callback = path.match(/^\/interactions\/(\d+)\/[^/]+\/callback$/)
  if (callback) return ['true', '1'].includes(query.get('with_response')) ? explain(callback[1], request.payload, answer) : answer
  if (Array.isArray(answer.body) && /^\/channels\/\d+\/messages$/.test(path)) // newest first, whatever was asked
    answer.body = answer.body.filter((each) => !((each.flags ?? 0) & EPHEMERAL)).map(completeMessage).sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))
  else if (answer.body?.author) {
    if (files.length) extras.set(answer.body.id, { attachments: files.map((file) => keep(file.name, file.type, file.data)) })
    answer.body = completeMessage(answer.body)
    request.tell?.(answer.body)
  } else if (/^\/channels\/\d+$/.test(path)) answer.body = completeChannel(answer.body)
  else if (/^\/guilds\/\d+\/channels$/.test(path)) answer.body = answer.body.map(completeChannel)
  else if (/^\/guilds\/\d+$/.test(path)) // the twin leaves empty what Discord always tells
    answer.body.roles = answer.body.roles.map((role) => Object.fromEntries(Object.entries(role).filter(([, value]) => value !== null)))
  else if (answer.body?.threads) answer.body.threads = answer.body.threads.map(completeChannel)
  return answer
}

async function explain(id, payload, answer) {
  const row = await db.interactionResponse.findUnique({ where: { interactionId: id } })
  const message = row.messageId ? await readMessage(row.channelId, row.messageId) : undefined
  const interaction = { id, type: 2, response_message_id: row.messageId ?? undefined, response_message_loading: payload.type === 5, response_message_ephemeral: interactions.get(id).ephemeral }
  return { status: 200, body: { interaction, resource: { type: payload.type, message } }, headers: answer.headers }
}

async function serve(request) {
  const fault = faults.find((each) => each.times > 0 && (each.method ?? request.method) === request.method && new RegExp(each.match ?? '').test(request.path))
  if (fault) {
    fault.times -= 1
    request.entry.fault = fault
    if (fault.delay_ms) await new Promise((resolve) => setTimeout(resolve, fault.delay_ms))
    if (fault.status && !fault.is_applied) return failed(fault)
    if (fault.drop === 'before') return null
  }
  const own = routes.find(([method, path]) => method === request.method && path.test(request.path))
  let answer = await refuse(request)
  if (!answer && own) answer = await own[2](request.path.match(own[1]).slice(1), request.payload, request.query)
  answer ??= await finish(request, await forward(request))
  if (fault?.is_applied) return failed(fault)
  return fault?.drop === 'after' ? null : answer
}
const failed = ({ status, body, headers }) => ({ status, body: body ?? { message: 'played fault', code: 0 }, headers })

// Snowflakes may be sent as JSON numbers, which JavaScript would round.
const exact = (text) => text.replace(/"(?:[^"\\]|\\.)*"|\d{16,}/g, (part) => (part[0] === '"' ? part : `"${part}"`))
const readAll = (stream) => new Promise((resolve) => { const parts = []; stream.on('data', (part) => parts.push(part)); stream.on('end', () => resolve(Buffer.concat(parts))) })

function readForm(headers, raw) {
  return new Promise((resolve, reject) => {
    const form = { files: [], payload: {} }
    const reader = busboy({ headers })
    reader.on('field', (name, value) => { if (name === 'payload_json') form.payload = JSON.parse(exact(value)) })
    reader.on('file', async (field, stream, info) => form.files.push({ field, name: info.filename, type: info.mimeType, data: await readAll(stream) }))
    reader.on('close', () => resolve(form)).on('error', reject)
    reader.end(raw)
  })
}

async function parse(incoming, url) {
  const raw = await readAll(incoming)
  const isForm = (incoming.headers['content-type'] ?? '').startsWith('multipart/')
  const { files, payload } = isForm ? await readForm(incoming.headers, raw) : { files: [], payload: raw.length ? JSON.parse(exact(raw.toString())) : undefined }
  const path = url.pathname.replace(/^\/api\/v\d+/, '').replaceAll('%40', '@')
  const entry = { at: Date.now(), method: incoming.method, path, query: url.search, payload, files: files.map(({ name, type, data }) => ({ name, type, size: data.length })) }
  return { method: incoming.method, headers: incoming.headers, path, query: url.searchParams, payload, files, entry }
}

async function control(name, incoming) {
  if (name === 'log') return log
  const raw = await readAll(incoming)
  return (await verbs[name](raw.length ? JSON.parse(raw) : {})) ?? {}
}

const server = http.createServer(async (incoming, outgoing) => {
  const reply = ({ status, body, headers = {} }) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    outgoing.writeHead(status, { ...type, ...headers })
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  }
  try {
    const url = new URL(incoming.url, origin)
    if (url.pathname.startsWith('/_control/')) return reply(fine(await control(url.pathname.slice(10), incoming)))
    const upload = uploads.get(url.pathname)
    if (!upload && url.pathname.startsWith('/cdn/')) return reply({ status: 404 })
    if (upload) return outgoing.writeHead(200, { 'content-type': upload.type }).end(upload.data)
    const request = await parse(incoming, url)
    log.push(request.entry)
    const answer = await serve(request).finally(() => request.tell?.()) // of what failed no message is known
    request.entry.status = answer?.status ?? 0
    return answer ? reply(answer) : incoming.socket.destroy()
  } catch (error) {
    return reply({ status: 500, body: { code: 0, message: String(error), stack: error.stack } })
  }
})
let origin = 'http://127.0.0.1'
server.listen(0, () => {
  origin = `http://127.0.0.1:${server.address().port}`
  const ids = { bot: BOT, application: APPLICATION, guild: GUILD, second_guild: SECOND, channels: CHANNELS, users: USERS, dms: DMS }
  process.stdout.write(`${JSON.stringify({ origin, rest: `${origin}/api/v10`, gateway: twin.gatewayUrl, token: TOKEN, ...ids })}\n`)
})
process.stdin.on('end', () => process.exit(0)).resume() // ends with whoever started it
