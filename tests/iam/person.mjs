// Whether whoever has a policy may do what is asked, by an evaluator that knows nothing of this project.
// stdin: {policy, questions: [[principal, action, resource, {KEY: VALUE}]]}; stdout: [boolean].
import { runSimulation } from '@cloud-copilot/iam-simulate'

const { policy, questions } = JSON.parse(await new Response(process.stdin).text())
const answers = []
for (const [principal, action, resource, contextVariables] of questions) {
  const answer = await runSimulation({
    request: { principal, action, resource: { resource, accountId: principal.split(':')[4] }, contextVariables },
    identityPolicies: [{ name: 'asked', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {})
  if (answer.resultType !== 'single') throw new Error(`${action}: ${JSON.stringify(answer)}`)
  answers.push(answer.result.analysis.result === 'Allowed')
}
process.stdout.write(JSON.stringify(answers))
