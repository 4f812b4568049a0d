#!/usr/bin/env bash
# Plays `make demo` against a `make dev` of its own (spare ports, fresh state), then reads everything that was logged:
# no address, password or token may stand there, and every request has its JSON line.
set -euo pipefail
cd "$(dirname "$0")/.."

. infra/with-dev.sh
export PRODUCT_NAME="Story & Co"
start_dev

# Twice, so that the second run meets tables and an inbox that are not empty.
for round in 1 2; do
    CANARIES=$work/canaries infra/demo.py >"$work/demo" 2>&1 || { cat "$work/demo" && fail_with_log "make demo failed"; }
    echo "story: round $round ok, $(grep -c '  → [0-9]' "$work/demo") requests"
done

curl -sSf --max-time 20 "http://127.0.0.1:$AWS_PORT/inbox.json" | grep -q "$PRODUCT_NAME" ||
    fail "the mails do not have the caller's PRODUCT_NAME"
stop_dev

python3 - "$work/log" "$work/canaries" "$work/demo" <<'PYTHON'
import json, re, sys
log, canaries, demo = (open(path, encoding="utf-8").read().splitlines() for path in sys.argv[1:])
problems, requests, levels = [], [], {}
for number, line in enumerate(log, 1):
    for canary in canaries:
        if canary and canary in line:
            problems.append(f"line {number} holds {canary!r}: {line[:200]}")
    if "panicked at" in line:
        problems.append(f"line {number}: a panic: {line[:200]}")
    if not line.startswith("{"):
        continue
    try:
        entry = json.loads(line)
    except ValueError:
        problems.append(f"line {number} is not JSON: {line[:200]}")
        continue
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(entry.get("timestamp"))):
        problems.append(f"line {number} has no RFC 3339 timestamp: {line[:200]}")
    levels[entry.get("level")] = levels.get(entry.get("level"), 0) + 1
    if entry.get("level") in (None, "ERROR"):
        problems.append(f"line {number}: level {entry.get('level')}: {line[:300]}")
    if "status" in entry and "route" in entry:
        requests.append(entry)
        for key, kind in (("function_request_id", str), ("correlation_id", str), ("service", str), ("cold_start", bool), ("method", str), ("route", str), ("status", int), ("duration_ms", int)):
            if not isinstance(entry.get(key), kind) or entry[key] == "":
                problems.append(f"line {number}: {key} is {entry.get(key)!r}: {line[:200]}")
# Each request of a demo has an answer there and a line here; those to the local AWS itself are no function's.
sent = 2 * sum(1 for line in demo if re.match(r"(GET|POST|PATCH|DELETE) (/|http\S+/auth/ui/)", line))
if len(requests) < sent:
    problems.append(f"{sent} requests were made, {len(requests)} were logged")
if len(canaries) < 20:
    problems.append(f"only {len(canaries)} canaries: the search proves nothing")
print(f"story: {len(log)} lines of log, {len(requests)} of them requests, levels {levels}, {len(set(canaries))} canaries")
for problem in problems[:20]:
    print("  " + problem, file=sys.stderr)
sys.exit(f"story: {len(problems)} problems in the log" if problems else 0)
PYTHON
echo "story: ok"
