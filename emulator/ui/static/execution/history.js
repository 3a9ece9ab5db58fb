// Events of a history in AWS's form: what they say, whatever wrote them. An
// export of the AWS CLI, an SDK or `aslocal run --json` differ in how times and
// details are written; normalize() makes one form of all of them.

/**
 * @typedef {object} Step one branch of a Parallel state or one iteration of a Map
 * @property {string} state
 * @property {"Parallel"|"Map"} kind
 * @property {number} index
 *
 * @typedef {object} HistoryEvent
 * @property {number} id
 * @property {number} previousEventId
 * @property {string} type
 * @property {number} at Unix milliseconds
 * @property {Record<string, any>} details what <type>EventDetails has; {} if nothing
 * @property {Step[]|null} path branch or iteration; null if the history does not say
 * @property {number} visit number of the visit that the server gives it; -1 if it gives none
 * @property {string} name key of the details: "taskFailedEventDetails"
 */

/** The most that a history of a standard execution holds. */
export const MAX_EVENTS = 25000;
/** The most bytes that an input, an output or a variable has. */
export const MAX_PAYLOAD = 256 * 1024;
/** What AWS asks for a state transition of a standard workflow in us-east-1, in US dollars. */
export const PRICE_OF_TRANSITION = 0.000025;

/** Milliseconds of a time as the CLI (ISO text), an SDK (seconds) or aslocal (ms) writes it. */
export function milliseconds(time) {
  if (typeof time === 'string') {
    const at = Date.parse(time);
    return Number.isNaN(at) ? (Number.isFinite(+time) ? milliseconds(+time) : 0) : at;
  }
  if (typeof time !== 'number' || !Number.isFinite(time)) return 0;
  return time < 1e11 ? time * 1000 : time;
}

/**
 * One event in our form. The details are those of the one key that ends in
 * EventDetails, or of `details`.
 * @returns {HistoryEvent}
 */
export function normalize(event) {
  let details = event.details, name = event.name ?? '';
  if (!details) {
    for (const key in event) {
      if (key.endsWith('EventDetails')) { details = event[key]; name = key; break; }
    }
  }
  return {
    id: Number(event.id ?? event.eventId) || 0,
    previousEventId: Number(event.previousEventId) || 0,
    type: String(event.type ?? event.eventType ?? ''),
    at: milliseconds(event.at ?? event.timestamp),
    details: details && typeof details === 'object' ? details : {},
    path: Array.isArray(event.path) && event.path.every(step => step.index >= 0) ? event.path : null,
    visit: event.visit ?? -1,
    name,
  };
}

/**
 * The events of a file that someone exported: the answer of GetExecutionHistory,
 * a list of such answers or of events, or an event a line. In order of their
 * numbers, whatever order the file has.
 * @param {string} text
 * @returns {HistoryEvent[]}
 * @throws {Error} that says what the file is not
 */
export function parseHistory(text) {
  let list;
  try {
    list = eventsOf(JSON.parse(text));
  } catch (problem) {
    list = lines(text);
    if (!list) throw new Error(`The file is not JSON: ${problem.message}. Drop what "aws stepfunctions get-execution-history" prints.`);
  }
  const events = list.filter(e => e && typeof e === 'object').map(normalize);
  if (events.length === 0 || events.some(e => !e.type || !e.id)) {
    throw new Error('The file has no history: expected {"events": [{"id": 1, "type": "ExecutionStarted", …}]}, as "aws stepfunctions get-execution-history" prints it.');
  }
  if (events.length > 4 * MAX_EVENTS) throw new Error(`The history has ${events.length} events; at most ${4 * MAX_EVENTS} can be shown.`);
  return events.sort((a, b) => a.id - b.id).filter((e, i, all) => i === 0 || e.id !== all[i - 1].id);
}

function eventsOf(parsed) {
  if (Array.isArray(parsed)) return parsed.flatMap(e => (e && Array.isArray(e.events) ? e.events : [e]));
  if (parsed && Array.isArray(parsed.events)) return parsed.events;
  return parsed && parsed.type ? [parsed] : [];
}

function lines(text) {
  const all = text.split('\n').filter(line => line.startsWith('{'));
  try {
    return all.length ? all.map(line => JSON.parse(line)) : null;
  } catch {
    return null;
  }
}

const tones = new Map(); // by type: there are some seventy

/** How an event looks: the class that its dot and its tick have. */
export function tone(type) {
  let found = tones.get(type);
  if (!found) tones.set(type, found = toneOfType(type));
  return found;
}

function toneOfType(type) {
  if (/TimedOut$/.test(type)) return 'timedout';
  if (/Failed$/.test(type)) return 'failed';
  if (/Aborted$/.test(type)) return 'aborted';
  if (/Redriven$/.test(type)) return 'redrive';
  if (/^Wait|Submitted$|^ActivityScheduled$/.test(type)) return 'waiting';
  if (/Succeeded$|StateExited$/.test(type)) return 'succeeded';
  return 'running';
}

/** The call an event is about: "lambda:invoke", the ARN, or "". */
export function resourceOf(details) {
  if (details.resourceType && details.resource) return `${details.resourceType}:${details.resource}`;
  return details.resource ?? '';
}

/** What of an event's details a row of the table shows beside type and state. */
export function summary(event) {
  const d = event.details;
  if (d.error) return d.cause ? `${d.error}: ${d.cause}` : d.error;
  if (d.index !== undefined) return `#${d.index}`;
  if (d.length !== undefined) return `${d.length} items`;
  if (d.mapRunArn) return d.mapRunArn;
  if (d.resource) return resourceOf(d);
  const data = d.output ?? d.input ?? '';
  return typeof data === 'string' ? data : JSON.stringify(data);
}

const encoder = new TextEncoder();

/** Bytes of a text as UTF-8. */
export function bytes(text) { return text ? encoder.encode(text).length : 0; }

/** The value of a JSON text; the text itself where it is no JSON. */
export function parse(text) {
  if (typeof text !== 'string') return text;
  try { return JSON.parse(text); } catch { return text; }
}
