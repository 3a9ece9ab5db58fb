#!/usr/bin/env bash
# Runs the tests that start aslocal as a process, and compiles those that start it in a container:
# they need an engine. A language that this machine lacks, or whose packages cannot be fetched, is
# skipped.
#
#   check.sh ASLOCAL
set -euo pipefail
export ASLOCAL=$1
cd "$(dirname "$0")"
passed=0 failed=0 skipped=0

have() { command -v "$1" > /dev/null || { skip "$2" "$1 is not on this machine"; return 1; }; }
skip() { echo "$1: $2, skipped"; skipped=$((skipped + 1)); }
# check LANGUAGE WHAT COMMAND... runs a command and shows what it says if it fails.
check() {
  local name="$1: $2" said
  shift 2
  if said=$("$@" 2>&1); then echo "$name: ok"; passed=$((passed + 1)); else echo "$said"; echo "$name: FAILED"; failed=$((failed + 1)); fi
}

if (cd go && go mod download > /dev/null 2>&1); then
  check go "in its own process" go test -C go -count=1 -run InThisProcess ./...
  check go "the container, compiled" go vet -C go ./...
else
  skip go "modules cannot be fetched"
fi

if have python3 python; then
  environment=../../bin/integration-tests
  if [ -x $environment/bin/mypy ] || { python3 -m venv $environment && $environment/bin/pip install --quiet --disable-pip-version-check -r python/requirements.txt; }; then
    environment=$(cd $environment && pwd)
    check python "a process" env PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -q -p no:cacheprovider python/test_process.py
    check python "the container, checked by mypy" env -C python "$environment/bin/mypy" --cache-dir "$environment/mypy" --ignore-missing-imports --check-untyped-defs test_process.py test_container.py
  else
    rm -rf $environment
    skip python "packages cannot be installed"
  fi
fi

if have npm node; then
  if [ -d node/node_modules/testcontainers ] || npm install --prefix node --silent --no-audit --no-fund --no-save --no-package-lock --fetch-retries 1; then
    check node "a process" npm --prefix node --silent test
    check node "the container, checked by tsc" npm --prefix node --silent run check
  else
    skip node "packages cannot be installed"
  fi
fi

if have mvn java; then
  if mvn -q -B -f java/pom.xml dependency:resolve > /dev/null 2>&1; then
    check java "a process, and the container compiled" env -C java mvn -q -B -Dtest=ProcessTest test
  else
    skip java "packages cannot be fetched"
  fi
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
