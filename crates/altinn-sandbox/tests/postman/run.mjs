// Runs the Correspondence and Attachment requests of Altinn's own Postman collection against a sandbox.
//
//   node run.mjs COLLECTION.json BASE [RESOURCE OWNER ORG PERSON]
//
// The collection is not part of this repository: its publisher keeps it beside the service. newman is found where this is
// run from (`npm install newman` in any folder outside the repository). See README.md beside this file.
//
// Each request goes out twice where time or a tool has overtaken it: as it stands, which shows what the service says to
// that, and with the dates moved ahead, a file given or the header corrected. Exit code 1 when an answer is not the one
// the Correspondence reference documents.

import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const newman = createRequire(join(process.cwd(), 'x.js'))('newman')
const [path, base, resource = 'conf-letters', owner = '991825827', org = '986252932', person = '07827199405'] = process.argv.slice(2)
if (!path || !base) {
  console.error('usage: node run.mjs COLLECTION.json BASE [RESOURCE OWNER ORG PERSON]')
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

const A = 'Attachment'
const C = 'Correspondence'
// who calls, the request, whether it is overhauled, the documented status and code, and seconds to let pass before it.
const steps = [
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
  const item = withFile(request(...names))
  if (overhauled) overhaul(item)
  item.id = `step-${index}`
  const before = [`pm.collectionVariables.set('altinn_token', ${JSON.stringify(tokens[who])})`]
  if (wait) {
    const advance = { url: `${base}/_sandbox/clock`, method: 'POST', header: { 'Content-Type': 'application/json' }, body: { mode: 'raw', raw: `{"advance_s":${wait}}` } }
    before.push(`pm.sendRequest(${JSON.stringify(advance)}, (error) => { if (error) throw error })`)
  }
  item.event = [...(item.event ?? []), { listen: 'prerequest', script: { type: 'text/javascript', exec: before } }]
  return item
})
const variables = { baseUrl: base, resource_id: resource, senderOrgNo: owner, recipientOrgNo: org, recipientSsn: person, attachmentId: '', correspondenceId: '', altinn_token: '' }
const run = {
  info: { ...collection.info, name: 'Correspondence and Attachment' },
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
