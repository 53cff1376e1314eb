// Runs the requests of Altinn's own Postman collection against a sandbox: signing in, Correspondence and Attachment.
//
//   node run.mjs COLLECTION.json BASE [RESOURCE OWNER ORG PERSON CLIENT]
//
// The collection is not part of this repository: its publisher keeps it beside the service. newman is found where this is
// run from (`npm install newman` in any folder outside the repository). See README.md beside this file.
//
// Each request goes out twice where time or a tool has overtaken it: as it stands, which shows what the service says to
// that, and with the dates moved ahead, a file given or the header corrected. Exit code 1 when an answer is not the one
// the Correspondence reference documents.

import { createRequire } from 'node:module'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const newman = createRequire(join(process.cwd(), 'x.js'))('newman')
const [path, base, resource = 'conf-letters', owner = '991825827', org = '986252932', person = '07827199405', client = '11111111-2222-4333-8444-555555555555'] =
  process.argv.slice(2)
if (!path || !base) {
  console.error('usage: node run.mjs COLLECTION.json BASE [RESOURCE OWNER ORG PERSON CLIENT]')
  process.exit(2)
}
const collection = JSON.parse(readFileSync(path, 'utf8'))
const file = join(mkdtempSync(join(tmpdir(), 'newman-')), 'version.txt')
writeFileSync(file, 'The file that the collection leaves to its user.\n')

/** A request of the collection by the names on the way to it. */
function request(...names) {
  let level = collection.item
  let found
  for (const name of names) {
    found = level.find((item) => item.name === name)
    if (!found) throw new Error(`the collection has no ${names.join(' / ')}`)
    level = found.item ?? []
  }
  return structuredClone(found)
}

const inAMonth = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString()

/** Dates moved ahead, a file where one is left open, and an Accept header that names what the call answers. */
function overhaul(item) {
  const body = item.request.body
  if (body?.mode === 'raw') body.raw = body.raw.replace(/("dueDateTime":\s*)"[^"]*"/i, `$1"${inAMonth}"`)
  if (body?.mode === 'formdata') {
    for (const field of body.formdata) {
      if (/dueDateTime$/i.test(field.key)) field.value = inAMonth
    }
  }
  if (item.name === 'Upload') {
    item.request.header = [
      { key: 'Accept', value: 'application/json' },
      { key: 'Content-Type', value: 'application/octet-stream' },
    ]
  }
  return item
}

/** Files of the collection lie in its publisher's cloud: they are read from here instead. */
function withFile(item) {
  const body = item.request.body
  if (body?.mode === 'file') body.file = { src: file }
  for (const field of body?.formdata ?? []) {
    if (field.type === 'file') {
      field.src = file
      delete field.value
    }
  }
  return item
}

/** The collection names Altinn's test environment by its addresses, in requests and in what it signs: here is the sandbox's. */
function here(item) {
  const text = JSON.stringify(item)
    .replaceAll('https://test.maskinporten.no/token', `${base}/maskinporten/token`)
    .replaceAll('https://test.maskinporten.no/', `${base}/maskinporten/`)
    .replaceAll('https://platform.tt02.altinn.no', base)
  const moved = JSON.parse(text)
  // The address is given whole: its parts still name the other host.
  moved.request.url = moved.request.url.raw ?? moved.request.url
  return moved
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'postman', alg: 'RS256', use: 'sig' }
{
  const { kty, n, e, kid, alg, use } = jwk
  const body = JSON.stringify({ keys: [{ kty, n, e, kid, alg, use }] })
  const answer = await fetch(`${base}/_sandbox/clients/${client}/keys`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  if (!answer.ok) throw new Error(`the key was not taken: ${answer.status}`)
}

/**
 * What the collection's scripts find in `pmlib_code`: they get it from a page of its author's, which is not asked here. One
 * function of it is used, RS256 by JWK (RFC 7515 and RFC 8017 section 8.2.1), written out with the numbers themselves
 * because newman's scripts have no keys.
 */
function signing() {
  pmlib = {
    jwtSign(jwk, payload, header, exp) {
      const url = (text) => text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
      const part = (value) => url(CryptoJS.enc.Base64.stringify(CryptoJS.enc.Utf8.parse(JSON.stringify(value))))
      const number = (text) => BigInt(`0x${CryptoJS.enc.Base64.parse(text.replace(/-/g, '+').replace(/_/g, '/')).toString(CryptoJS.enc.Hex)}`)
      const now = Math.floor(Date.now() / 1000)
      const claims = { iat: now, exp: now + exp, jti: `${now}-${Math.random()}`, ...payload }
      const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: jwk.kid, ...header })}.${part(claims)}`
      const modulus = number(jwk.n)
      const length = modulus.toString(16).length
      const digest = `3031300d060960864801650304020105000420${CryptoJS.SHA256(signed).toString(CryptoJS.enc.Hex)}`
      let [base, power, signature] = [BigInt(`0x0001${'ff'.repeat((length - digest.length) / 2 - 3)}00${digest}`), number(jwk.d), 1n]
      for (; power > 0n; power >>= 1n) {
        if (power & 1n) signature = (signature * base) % modulus
        base = (base * base) % modulus
      }
      const bytes = CryptoJS.enc.Hex.parse(signature.toString(16).padStart(length, '0'))
      return `${signed}.${url(CryptoJS.enc.Base64.stringify(bytes))}`
    },
  }
}
const pmlib = signing.toString().replace(/^[^{]*\{/, '').replace(/\}$/, '')

const S = 'Authentication'
const A = 'Attachment'
const C = 'Correspondence'
// who calls, the request, whether it is overhauled, the documented status and code, and seconds to let pass before it.
const steps = [
  // These sign in by themselves, the last with the token of the one before.
  ['client', [S, 'Login to Maskinporten (Recipient and sender)'], false, 200],
  ['client', [S, 'Login to Maskinporten (Recipient)'], false, 200],
  ['client', [S, 'Login to Maskinporten (Sender)'], false, 200],
  ['client', [S, 'Login to Maskinporten (Direct authentication)'], false, 200],
  ['client', [S, 'Exchange Maskinporten token to Altinn token'], false, 200],
  ['sender', [A, 'Initialize Batch Attachment'], false, 200],
  ['sender', [A, 'Upload'], false, 406],
  ['sender', [A, 'Upload'], true, 200],
  ['sender', [A, 'Overview'], false, 200],
  ['sender', [A, 'Details'], false, 200],
  ['sender', [A, 'Download attachment'], false, 200],
  ['recipient', [A, 'Overview'], false, 403],
  ['sender', [A, 'Purge'], false, 204],
  ['sender', [A, 'Purge'], false, 400, 2006],
  ['sender', [A, 'Download attachment'], false, 400, 2019],
  ['sender', [C, 'Initialize'], false, 400, 1008],
  ['sender', [C, 'Initialize and Upload'], false, 400, 1008],
  ['sender', [C, 'Initialize'], true, 200],
  ['sender', [C, 'Overview'], false, 200],
  ['sender', [C, 'Initialize and Upload'], true, 200],
  ['recipient', [C, 'actions', 'Mark As Read'], false, 404, 1001],
  ['sender', [C, 'Details'], false, 200],
  ['sender', [C, 'Search'], false, 200],
  ['recipient', [C, 'actions', 'Mark As Read'], false, 400, 1024, 60],
  ['recipient', [C, 'Overview'], false, 200],
  ['recipient', [C, 'Details'], false, 200],
  ['recipient', [C, 'Search'], false, 200],
  ['recipient', [C, 'actions', 'Mark As Read'], false, 200],
  ['recipient', [C, 'actions', 'Mark As Read'], false, 400, 1040],
  ['recipient', [C, 'actions', 'Confirm'], false, 200],
  ['recipient', [C, 'actions', 'Confirm'], false, 400, 1041, 10],
  ['recipient', [C, 'actions', 'Download attachment'], false, 200],
  ['sender', [C, 'actions', 'Purge'], false, 400, 1013],
  ['recipient', [C, 'actions', 'Purge'], false, 200],
  ['recipient', [C, 'Overview'], false, 404, 1001],
]

async function token(number, scopes) {
  const query = new URLSearchParams({ env: 'tt02', orgNo: number, scopes })
  const answer = await fetch(`${base}/api/GetEnterpriseToken?${query}`)
  if (!answer.ok) throw new Error(`no token: ${answer.status}`)
  return answer.text()
}

const tokens = {
  sender: await token(owner, 'altinn:correspondence.write'),
  recipient: await token(org, 'altinn:correspondence.read'),
}

const items = steps.map(([who, names, overhauled, , , wait], index) => {
  const item = here(withFile(request(...names)))
  if (overhauled) overhaul(item)
  item.id = `step-${index}`
  // Signing in leaves its tokens behind by itself, from one request to the next.
  const before = tokens[who] ? [`pm.globals.unset('altinn_token')`, `pm.collectionVariables.set('altinn_token', ${JSON.stringify(tokens[who])})`] : []
  if (wait) {
    const advance = { url: `${base}/_sandbox/clock`, method: 'POST', header: { 'Content-Type': 'application/json' }, body: { mode: 'raw', raw: `{"advance_s":${wait}}` } }
    before.push(`pm.sendRequest(${JSON.stringify(advance)}, (error) => { if (error) throw error })`)
  }
  item.event = [...(item.event ?? []), { listen: 'prerequest', script: { type: 'text/javascript', exec: before } }]
  return item
})
const signingIn = { pmlib_code: pmlib, maskinporten_client_jwk: JSON.stringify(jwk), maskinporten_client_id: client }
const variables = { ...signingIn, baseUrl: base, resource_id: resource, senderOrgNo: owner, recipientOrgNo: org, recipientSsn: person, attachmentId: '', correspondenceId: '', altinn_token: '' }
const run = {
  info: { ...collection.info, name: 'Signing in, Correspondence and Attachment' },
  item: items,
  variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
}

newman.run({ collection: run }, (error, summary) => {
  if (error) throw error
  let wrong = 0
  steps.forEach(([who, names, overhauled, status, code], index) => {
    // What a script sends on its own is listed under its item too; the item's own request comes last.
    const answer = summary.run.executions.findLast((execution) => execution.item.id === `step-${index}`)?.response
    let found
    try {
      found = JSON.parse(answer.stream.toString()).errorCode
    } catch {
      found = undefined
    }
    const agrees = answer?.code === status && found === code
    if (!agrees) wrong += 1
    const expected = code ? `${status}/${code}` : `${status}`
    const got = found ? `${answer?.code}/${found}` : `${answer?.code ?? 'no answer'}`
    console.log(`${agrees ? 'ok   ' : 'WRONG'} ${got.padEnd(9)} ${agrees ? '' : `(documented: ${expected}) `}${names.join(' / ')}${overhauled ? ', brought up to date' : ''} as ${who}`)
    if (!agrees) console.log(`      ${answer?.stream?.toString().slice(0, 400)}`)
  })
  const asked = new Set(steps.map(([, names]) => names.join('/')))
  console.log(`${steps.length} calls of ${asked.size} requests, ${wrong} not as documented`)
  // Connections that newman keeps would hold the process for minutes.
  process.exit(wrong === 0 ? 0 : 1)
})
