"""Reads the results of a corpus run beside corpus_explained.json.

corpus_explained.py RESULTS EXPLAINED PAGE prints, for the cases that fail, why each
one does, the share of those that pass among those that can, and a table of the
categories that are about the API itself. An explanation
holds only if every difference of the case matches its pattern and, where it names
a newer recording of the same rule ("beside"), that one passes in the same run. It
exits 1 if a case fails without an explanation that holds, if an explained case
passes, or if a row of the table is not in PAGE (docs/conformance.md).

"why" is one of:
  older     AWS answers in another way since; a newer recording shows it
  literal   the recording has a value of its own day or place
  stand-in  a stand-in service of the corpus lacks what the real one does
  ours      a difference of aslocal
"varies" marks a case that passes or not by the moment of the run.
"""
import collections
import json
import re
import sys


# The categories about what clients of the API see; those about states, expressions
# and services are not among them.
API = ("activities", "callback", "credentials", "express", "logs", "test_state")


def passes(case):
    return case["status"].startswith("PASS")


def of_the_api(category):
    return category in API or category.split("_")[0] == "api"


def table(cases):
    """The rows of the categories about the API, as docs/conformance.md has them."""
    passed, failed, skipped = (collections.Counter() for _ in range(3))
    for case in cases:
        if not of_the_api(case["category"]):
            continue
        count = passed if passes(case) else skipped if case["status"] == "SKIP" else failed
        for name in (case["category"], "total"):
            count[name] += 1
    for name in sorted(passed | failed | skipped, key=lambda name: (name == "total", name)):
        run = passed[name] + failed[name]
        share = f"{100 * passed[name] / run:.1f} %" if run else "-"
        yield f"| {name} | {passed[name]} | {failed[name]} | {skipped[name]} | {share} |"


def holds(explanation, case, cases, explanations):
    """Whether the explanation covers all differences of the case."""
    if not all(re.search(explanation["differs"], found["diff"]) for found in case["diffs"]):
        return False
    beside = cases.get(explanation.get("beside"))
    if beside is None:
        return "beside" not in explanation
    varies = explanations.get(beside["id"], {})
    return passes(beside) or "varies" in varies and holds(varies, beside, cases, explanations)


def main():
    results, explained = (json.load(open(path)) for path in sys.argv[1:3])
    documented = sys.argv[3]
    cases = {case["id"]: case for case in results["results"]}
    explanations = {explanation["id"]: explanation for explanation in explained}
    failed = [case for case in cases.values() if case["status"] not in ("PASS", "PASS~", "SKIP")]

    reasons, wrong, cannot = collections.Counter(), [], collections.Counter()
    for case in failed:
        explanation = explanations.get(case["id"])
        if explanation is None or not holds(explanation, case, cases, explanations):
            wrong.append("not explained: " + case["id"])
            continue
        reasons[explanation["why"]] += 1
        if explanation["why"] != "ours":
            cannot[case["category"]] += 1
        print(f"{explanation['why']:9} {case['id']}\n          {explanation['reason']}")
    for name, explanation in explanations.items():
        if name in cases and passes(cases[name]) and "varies" not in explanation:
            wrong.append("explained, but passes: " + name)

    passed = collections.Counter(case["category"] for case in cases.values() if passes(case))
    run = collections.Counter(case["category"] for case in cases.values() if case["status"] != "SKIP")
    print("\nof the cases that can pass (the recording holds today, and its services are there):")
    for category in sorted(category for category in run if passed[category] < run[category]):
        print(f"  {category:20} {passed[category]} of {run[category] - cannot[category]}")
    total, able = sum(passed.values()), sum(run.values()) - sum(cannot.values())
    print(f"  {'total':20} {total} of {able} ({100 * total / able if able else 0:.1f} %)")
    print("\nabout the API: category, pass, fail, skip, and the share of those that run")
    page = open(documented).read().splitlines()
    for row in table(cases.values()):
        print(row)
        if row not in page:
            wrong.append(f"{documented} does not have the row: {row}")
    print(f"\nfailing: {len(failed)}, " + ", ".join(f"{count} {why}" for why, count in sorted(reasons.items())) + f"; not explained: {sum(w.startswith('not') for w in wrong)}")
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


main()
