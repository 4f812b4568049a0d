#!/usr/bin/env python3
"""Floods sign-in, and looks at what that does to everybody else. Called by flood.sh with the URLs of the API and of the local AWS, and the
processes of auth."""

import collections
import concurrent.futures
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

API, AWS, PROCESSES = sys.argv[1], sys.argv[2], [pid for pid in sys.argv[3].split(",") if pid]
REQUESTS, CLIENTS = int(os.environ.get("REQUESTS", 5000)), int(os.environ.get("CLIENTS", 500))
# Addresses that passwords are tried at; one in ten has an account.
TARGETS, ACCOUNTS = 200, 20
# Every so many requests somebody signs in whom nobody attacks, and somebody who is attacked, from where she has signed in before.
BETWEEN = 250
PASSWORD = "correct horse battery"
# DynamoDB counts a write by the kilobyte: no row of a guard or of a client is longer.
MOST_BYTES = 1024
# What an instance may grow by. Megabytes; one Argon2 run has 19.
MOST_GROWTH = 64


def call(path, body, client):
    headers = {"content-type": "application/json", "x-client-ip": f"{client}:443"}
    request = urllib.request.Request(API + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def aws(operation, body):
    headers = {
        "x-amz-target": f"DynamoDB_20120810.{operation}",
        "content-type": "application/x-amz-json-1.0",
        "x-amz-date": "20260101T000000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    }
    with urllib.request.urlopen(urllib.request.Request(AWS, json.dumps(body).encode(), headers)) as answer:
        return json.load(answer)


def rows(table):
    found, start = [], None
    while True:
        page = aws("Scan", {"TableName": f"local-{table}"} | ({"ExclusiveStartKey": start} if start else {}))
        found += page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return found


def size(value):
    """Bytes of a value as DynamoDB counts them, at most."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "B":
        return len(content) * 3 // 4
    if kind == "M":
        return 3 + sum(len(name) + 1 + size(entry) for name, entry in content.items())
    if kind == "L":
        return 3 + sum(1 + size(entry) for entry in content)
    if kind in ("SS", "NS", "BS"):
        return 3 + sum(1 + len(entry) for entry in content)
    return 1


def longest(table, name):
    """How many rows have this in their keys, and the bytes of the longest one."""
    named = [row for row in rows(table) if name in row["pk"]["S"] + row.get("sk", {"S": ""})["S"]]
    lengths = [sum(len(attribute) + size(value) for attribute, value in row.items()) for row in named]
    return len(lengths), max(lengths, default=0)


def memory():
    """Of the instances of auth, the largest one. Megabytes."""
    resident = []
    for pid in PROCESSES:
        status = Path(f"/proc/{pid}/status").read_text()
        resident.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024)
    return max(resident, default=0)


def person(number):
    return {"email": f"flooded-{number}@example.com", "password": PASSWORD}


def account(number, client):
    """Signs up, proves the address, and signs in from there."""
    who = person(number)
    assert call("/auth/signup", who, client)[0] == 200
    for _ in range(100):
        with urllib.request.urlopen(f"{AWS}/inbox.json?" + urllib.parse.urlencode({"to": who["email"]})) as answer:
            links = re.findall(r"token=([A-Za-z0-9_-]+)", json.dumps(json.load(answer)))
        if links:
            break
        time.sleep(0.1)
    assert call("/auth/verify-email", {"token": links[0]}, client)[0] == 200
    assert call("/auth/login", who, client)[0] == 200


def main():
    for number in range(ACCOUNTS):
        account(number, f"198.51.100.{number}")
    account("nobody-attacks", "198.51.100.200")
    before, began = memory(), time.monotonic()
    peak, others, answers = before, collections.Counter(), collections.Counter()

    def attack(number):
        client = f"10.{number % CLIENTS // 250}.{number % CLIENTS % 250}.1"
        return call("/auth/login", person(number * 7 % TARGETS) | {"password": f"guess number {number}"}, client)[0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for begin in range(0, REQUESTS, BETWEEN):
            attacks = [pool.submit(attack, number) for number in range(begin, min(begin + BETWEEN, REQUESTS))]
            victim = begin // BETWEEN % ACCOUNTS
            others[call("/auth/login", person("nobody-attacks"), f"198.51.101.{begin // BETWEEN % 250}")[0]] += 1
            others[call("/auth/login", person(victim), f"198.51.100.{victim}")[0]] += 1
            answers.update(attack.result() for attack in attacks)
            peak = max(peak, memory())
    took = time.monotonic() - began
    guards, longest_guard = longest("Sessions", "GUARD")
    clients, longest_client = longest("Limits", "COUNTER#IP#")
    print(f"flood: {REQUESTS} sign-ins from {CLIENTS} addresses at {TARGETS} in {took:.0f} s: {dict(sorted(answers.items()))}")
    print(f"flood: {sum(others.values())} sign-ins of others meanwhile: {dict(others)}")
    print(f"flood: auth had {before:.0f} MB before, {peak:.0f} MB at most, {memory():.0f} MB afterwards")
    print(
        f"flood: {guards} guards, the longest of {longest_guard} bytes; {clients} rows of clients, the longest of {longest_client} bytes"
    )
    assert set(others) == {200}, "somebody else could not sign in"
    assert set(answers) <= {401, 429}, "a sign-in ended in something else than a refusal"
    assert PROCESSES and peak - before <= MOST_GROWTH, "auth grows"
    assert guards <= TARGETS + ACCOUNTS + 1 and max(longest_guard, longest_client) <= MOST_BYTES, "rows grow"


main()
