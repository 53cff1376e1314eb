#!/bin/sh
# Runs schemathesis against a sandbox that listens at $1, as a sender and as a recipient or as the one in $4. How to: README.md
set -eu
base=$1
examples=${2:-700}
seed=${3:-1}
roles=${4:-sender recipient}
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
    LETTERS=$(letters "$2" "$3") RESOURCE=$3 RECIPIENT=0192:$organisation SEED=$seed \
        PYTHONPATH=$here SCHEMATHESIS_HOOKS=hooks schemathesis run "$document" \
        --header "Authorization: Bearer $2" \
        --max-examples "$examples" --seed "$seed" --continue-on-failure --generation-with-security-parameters false \
        --checks no_failure_but_the_documented,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance
}

organisation=$(account "['orgnr']")
for role in $roles; do
    case $role in
    sender) try sender "$(token "$organisation" altinn:serviceowner,altinn:correspondence.write,altinn:correspondence.read)" "$(account "['write_resources'][0]")" ;;
    recipient) try recipient "$(token "$organisation" altinn:correspondence.read)" "$(account "['read_resources'][0]")" ;;
    *) echo "no such role: $role" >&2 && exit 2 ;;
    esac
done
