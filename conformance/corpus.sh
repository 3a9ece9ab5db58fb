#!/usr/bin/env bash
# Runs the recorded corpus against the server: corpus.sh BINARY CORPUS [flags of
# the corpus runner]. It starts the server, with the stand-in services of the
# corpus, on free ports, and ends them all. Without flags it then reads
# corpus_explained.json beside the results, and exits 1 if a case fails without an
# explanation that holds, or if docs/conformance.md has other numbers.
set -euo pipefail
binary=$1 corpus=$2
shift 2
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

lambda_port=$(free_port)
services_port=$(free_port)
python3 -u "$corpus/fake_services.py" --port "$services_port" >"$work/services.log" 2>&1 &
pids+=($!)
AWS_ENDPOINT_URL_CLOUDWATCH_LOGS="http://127.0.0.1:$services_port" AWS_ENDPOINT_URL_EVENTBRIDGE="http://127.0.0.1:$services_port" \
  "$binary" serve "$work" --port 0 --durability memory --region us-east-1 --lambda-endpoint "http://127.0.0.1:$lambda_port" \
  --services-endpoint "http://127.0.0.1:$services_port" >"$work/serve.log" 2>"$work/serve.err" &
pids+=($!)
touch "$work/serve.log" "$work/services.log" # which the two may not have begun yet
for _ in $(seq 100); do
  endpoint=$(sed -n 's/.*AWS_ENDPOINT_URL_SFN=//p' "$work/serve.log")
  [ -n "$endpoint" ] && grep -q ' on http' "$work/services.log" && break
  sleep 0.1
done
[ -n "$endpoint" ] || { cat "$work/serve.err"; exit 1; }
endpoints=()
for service in s3 sqs sns dynamodb events logs secretsmanager; do
  endpoints+=(--service-endpoint "$service=http://127.0.0.1:$services_port")
done
# "|| true": the runner exits 1 if any case fails; its table says which.
python3 "$(dirname "$0")/corpus_run.py" "$corpus/run_corpus.py" --cases "$corpus/cases" --endpoint "$endpoint" --lambda-port "$lambda_port" \
  "${endpoints[@]}" --out "$work/results.json" "$@" || true
# With flags the runner compares other things than the explanations are for.
[ $# -gt 0 ] || python3 "$(dirname "$0")/corpus_explained.py" "$work/results.json" "$(dirname "$0")/corpus_explained.json" "$(dirname "$0")/../docs/conformance.md"
