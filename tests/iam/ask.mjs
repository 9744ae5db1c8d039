// Whether principals that may do everything may do what is asked, under a service control policy.
// stdin: {policy, questions: [[principal, action, resource]]}; stdout: [boolean].
import { runSimulation } from '@cloud-copilot/iam-simulate'

const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const { policy, questions } = JSON.parse(await new Response(process.stdin).text())
const answers = []
for (const [principal, action, resource] of questions) {
  const accountId = principal.split(':')[4]
  const answer = await runSimulation({
    request: { principal, action, resource: { resource, accountId }, contextVariables: { 'aws:PrincipalArn': principal } },
    identityPolicies: [{ name: 'all', policy: ALL }],
    serviceControlPolicies: [{ orgIdentifier: 'root', policies: [{ name: 'all', policy: ALL }, { name: 'asked', policy }] }],
    resourceControlPolicies: [],
  }, {})
  if (answer.resultType !== 'single') throw new Error(`${action}: ${JSON.stringify(answer)}`)
  answers.push(answer.result.analysis.result === 'Allowed')
}
process.stdout.write(JSON.stringify(answers))
