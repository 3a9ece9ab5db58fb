// What a state is in a graph: its place by its JSON pointer, and its icon.

const ICONS = { Task: 'task', Choice: 'choice', Pass: 'pass', Wait: 'wait', Succeed: 'succeed', Fail: 'fail', Parallel: 'parallel', Map: 'map' };
const SERVICES = { lambda: 'function', sqs: 'queue', sns: 'topic', dynamodb: 'table', s3: 'bucket', events: 'bus', ecs: 'container', batch: 'job', glue: 'job', http: 'http', states: 'nested', bedrock: 'ai' };

/** The icon of a state: that of the service which a Task calls, or of its type. */
export function stateIcon(type, resource = '') {
  if (type === 'Task') {
    const service = /^arn:[^:]*:states:[^:]*:[^:]*:(?:aws-sdk:)?([\w-]+)/.exec(resource)?.[1] ?? /^arn:[^:]*:([\w-]+)/.exec(resource)?.[1] ?? /^([\w-]+):/.exec(resource)?.[1];
    if (service === 'states' && /:activity:/.test(resource)) return 'activity';
    return SERVICES[service] ?? 'task';
  }
  return ICONS[type] ?? 'task';
}

/** The parts of a JSON pointer. */
export function pointerParts(pointer) {
  return pointer.split('/').slice(1).map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/**
 * The chain of containers that a JSON pointer of a state leads through, and the
 * state's name. A lane's pointer ends in its workflow and has no name.
 */
export function chainOf(pointer) {
  const parts = pointerParts(pointer);
  const chain = [];
  let name = '';
  for (let i = 0; i < parts.length;) {
    if (parts[i] === 'States') { name = parts[i + 1]; i += 2; } else if (parts[i] === 'Branches') {
      chain.push({ state: name, kind: 'Parallel', index: +parts[i + 1] });
      name = '';
      i += 2;
    } else if (parts[i] === 'ItemProcessor' || parts[i] === 'Iterator') {
      chain.push({ state: name, kind: 'Map', index: 0 });
      name = '';
      i++;
    } else break;
  }
  return { chain, name };
}

/** The pointer of the workflow that a state is in: "" for the machine itself. */
export function workflowOf(pointer) {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/States/')));
}
