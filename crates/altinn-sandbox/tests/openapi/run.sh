#!/bin/sh
# Runs schemathesis against a sandbox that listens at $1: first as a sender, then as a recipient. How to: README.md
set -eu
base=$1
examples=${2:-700}
here=$(cd "$(dirname "$0")" && pwd)
document=$base/correspondence/api/v1/swagger/v1/swagger.json

token() { # organisation, scopes
    curl -sf "$base/api/GetEnterpriseToken?env=tt02&orgNo=$1&scopes=$2&ttl=14400"
}
account() { # member of the ready file's first account
    curl -sf "$base/_sandbox/ready" | python3 -c "import json,sys; print(json.load(sys.stdin)['accounts'][0]$1)"
}
letters() { # token, resource
    curl -sf -H "Authorization: Bearer $1" \
        "$base/correspondence/api/v1/correspondence?resourceId=$2&role=RecipientAndSender" |
        python3 -c "import json,sys; print(*json.load(sys.stdin)['ids'][:200])"
}
try() { # what, token, resource
    LETTERS=$(letters "$2" "$3") RESOURCE=$3 RECIPIENT=0192:$organisation \
        PYTHONPATH=$here SCHEMATHESIS_HOOKS=hooks schemathesis run "$document" \
        --header "Authorization: Bearer $2" \
        --max-examples "$examples" --seed 1 --continue-on-failure --generation-with-security-parameters false \
        --checks no_failure_but_the_documented,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance
}

organisation=$(account "['orgnr']")
try sender "$(token "$organisation" altinn:serviceowner,altinn:correspondence.write,altinn:correspondence.read)" "$(account "['write_resources'][0]")"
try recipient "$(token "$organisation" altinn:correspondence.read)" "$(account "['read_resources'][0]")"
