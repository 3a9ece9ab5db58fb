#!/usr/bin/env bash
# Runs executions that were recorded on AWS against the server: recorded.sh BINARY
# FOLDER, the folder with run_recorded.py and recorded.jsonl. It starts the server on
# a free port, with a folder for the buckets of S3, and ends it.
set -euo pipefail
binary=$1 recorded=$2
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

lambda_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$work/s3"
"$binary" serve "$work" --port 0 --durability memory --region us-east-1 --lambda-endpoint "http://127.0.0.1:$lambda_port" \
  --s3-dir "$work/s3" >"$work/serve.log" 2>"$work/serve.err" &
server=$!
for _ in $(seq 100); do
  endpoint=$(sed -n 's/.*AWS_ENDPOINT_URL_SFN=//p' "$work/serve.log")
  [ -n "$endpoint" ] && break
  sleep 0.1
done
[ -n "$endpoint" ] || { cat "$work/serve.err"; exit 1; }
# "|| true": the runner exits 1 if any case fails; it prints which.
python3 "$recorded/run_recorded.py" --endpoint "$endpoint" --lambda-port "$lambda_port" --s3-dir "$work/s3" "$recorded/recorded.jsonl" || true
