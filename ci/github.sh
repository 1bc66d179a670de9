#!/usr/bin/env bash
# The step of action.yml: annotations in the log, the report in the job's summary, SARIF if it is asked for.
set -euo pipefail

options=(--format github)
[ -n "${GITHUB_STEP_SUMMARY:-}" ] && options+=(--format "markdown=$GITHUB_STEP_SUMMARY")
[ -n "${PPL_CHECK_SARIF:-}" ] && options+=(--format "sarif=$PPL_CHECK_SARIF")
[ -n "${PPL_CHECK_SINCE:-}" ] && options+=(--since "$PPL_CHECK_SINCE")
[ -n "${PPL_CHECK_POLICY_FROM:-}" ] && options+=(--policy-from "$PPL_CHECK_POLICY_FROM")
read -r -a further <<<"${PPL_CHECK_ARGUMENTS:-}"

exec ppl-check check "${PPL_CHECK_PATH:-.}" "${options[@]}" "${further[@]}"
