# SPDX-License-Identifier: Apache-2.0
# Made by `arcore completion`; do not edit.
_arcore() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local command='' values='' files='' entity='' options='' arguments='' n=0 i w skip=''
    for ((i = 1; i < COMP_CWORD; i++)); do
        w=${COMP_WORDS[i]}
        if [[ -n $skip ]]; then skip=''; continue; fi
        case $w in
        --book|-b|--format|-f|--output|-o|--lang|--actor|--date|--timeout|--request-key|--key-file|--seal-key-file) skip=1 ;;
        -*) ;;
        *) if ((n < 2)); then command="${command:+$command }$w"; n=$((n + 1)); fi ;;
        esac
    done
    local commands='create import query get add change aging duplicates customer validation customer voucher match dunning rule definition credit order limit hold task verify events history audit dump backup restore migrate bank schema custom access user role doctor version completion man help'
    local globals='--book -b --format -f --output -o --lang --actor --date --timeout --request-key --key-file --seal-key-file --raw --bom --help -h --version -V'
    local first=${command%% *}
    case $first in
    'customer') commands='profile merge unmerge family score' ;;
    'validation') commands='ship' ;;
    'customer') commands='profile merge unmerge family score' ;;
    'voucher') commands='map export print' ;;
    'dunning') commands='publish propose explain' ;;
    'rule') commands='publish propose run explain simulate compare backtest' ;;
    'definition') commands='preview' ;;
    'credit') commands='exposure check policy' ;;
    'order') commands='confirm' ;;
    'limit') commands='set request approve reject recall show' ;;
    'hold') commands='list place release end recheck' ;;
    'task') commands='list show close cancel assign escalate' ;;
    'audit') commands='head seal verify' ;;
    'bank') commands='read import receive undo findings' ;;
    'custom') commands='define list retire' ;;
    'user') commands='add list disable enable' ;;
    'role') commands='list show install define retire grant revoke grants' ;;
    *) [[ -n $command ]] && command=$first ;;
    esac
    case $before in
        --book|-b) files=1 ;;
        --format|-f) values='table csv json' ;;
        --output|-o) files=1 ;;
        --lang) values='en zh' ;;
        --key-file) files=1 ;;
        --seal-key-file) files=1 ;;
    esac
    case $command in
    'create')
        options='--name --currency --utc-offset'
        files=1
        case $before in
        esac ;;
    'import')
        options='--mapping -m --dry-run -n --duplicates --skip-bad --guess --max-faults'
        files=1
        case $before in
        --mapping|-m) files=1 ;;
        esac ;;
    'query')
        options='--select -s --where -w --order --limit -l --group -g --count --sum --min --max --json --labels --explain'
        entity=1
        case $before in
        esac ;;
    'get')
        options='--as-of'
        entity=1
        case $before in
        esac ;;
    'add')
        options='--json'
        entity=1
        case $before in
        esac ;;
    'change')
        options='--json'
        entity=1
        case $before in
        esac ;;
    'aging')
        options='--as-of --group -g --basis --edges --customer --currency'
        case $before in
        --basis) values='due document' ;;
        esac ;;
    'duplicates')
        options='--least --limit -l'
        case $before in
        esac ;;
    'customer profile')
        options='--as-of --result'
        case $before in
        esac ;;
    'customer merge')
        options='--leave-owner'
        case $before in
        esac ;;
    'customer unmerge')
        options=''
        case $before in
        esac ;;
    'customer family')
        options='--as-of'
        case $before in
        esac ;;
    'validation ship')
        options='--warning --code'
        case $before in
        esac ;;
    'customer score')
        options='--as-of --scorecard --result'
        case $before in
        esac ;;
    'voucher map')
        options='--code'
        files=1
        case $before in
        esac ;;
    'voucher export')
        options='--from --to --merge --map --max --valued'
        case $before in
        --merge) values='document customer_day day' ;;
        esac ;;
    'voucher print')
        options='--layout --period --status --voucher'
        case $before in
        --layout) files=1 ;;
        --status) values='pending sent acknowledged rejected' ;;
        esac ;;
    'match')
        options='--strategy --as-of --max --run --learn'
        case $before in
        esac ;;
    'dunning publish')
        options=''
        files=1
        case $before in
        esac ;;
    'dunning propose')
        options='--ladder --as-of --store'
        case $before in
        esac ;;
    'dunning explain')
        options='--as-of --result'
        case $before in
        esac ;;
    'rule publish')
        options=''
        files=1
        case $before in
        esac ;;
    'rule propose')
        options='--rule --as-of --max --rejected --store'
        case $before in
        esac ;;
    'rule run')
        options='--rule --as-of --full'
        case $before in
        esac ;;
    'rule explain')
        options='--as-of'
        case $before in
        esac ;;
    'rule simulate')
        options='--from --as-of --max'
        files=1
        case $before in
        esac ;;
    'rule compare')
        options='--from --as-of --max'
        files=1
        case $before in
        esac ;;
    'rule backtest')
        options='--from --to --by --business-dates --fresh --max --result'
        case $before in
        --by) values='level rule day firing' ;;
        esac ;;
    'definition preview')
        options='--rows --entity --as-of --sample --max'
        files=1
        case $before in
        --entity) values=$(arcore schema --format csv 2>/dev/null | sed '1d;s/,.*//') ;;
        esac ;;
    'credit exposure')
        options='--as-of --currency --with-owned --customer-group --result'
        case $before in
        esac ;;
    'credit check')
        options='--currency --wanted --result'
        case $before in
        esac ;;
    'credit policy')
        options='--code'
        files=1
        case $before in
        esac ;;
    'order confirm')
        options=''
        case $before in
        esac ;;
    'limit set')
        options='--currency --from --to --temporary --with-owned --customer-group --check'
        case $before in
        esac ;;
    'limit request')
        options='--currency --from --to --temporary --with-owned --customer-group --check'
        case $before in
        esac ;;
    'limit approve')
        options=''
        case $before in
        esac ;;
    'limit reject')
        options=''
        case $before in
        esac ;;
    'limit recall')
        options=''
        case $before in
        esac ;;
    'limit show')
        options='--as-of --result'
        case $before in
        esac ;;
    'hold list')
        options='--customer --warned --all'
        case $before in
        esac ;;
    'hold place')
        options=''
        case $before in
        esac ;;
    'hold release')
        options='--until --amount'
        case $before in
        esac ;;
    'hold end')
        options=''
        case $before in
        esac ;;
    'hold recheck')
        options='--max --after'
        case $before in
        esac ;;
    'task list')
        options='--all -a --assignee --customer --due'
        case $before in
        esac ;;
    'task show')
        options=''
        case $before in
        esac ;;
    'task close')
        options='--result --promise-date --promise --currency --next'
        case $before in
        esac ;;
    'task cancel')
        options=''
        case $before in
        esac ;;
    'task assign')
        options='--deadline'
        case $before in
        esac ;;
    'task escalate')
        options='--deadline'
        case $before in
        esac ;;
    'verify')
        options='--only --max'
        case $before in
        esac ;;
    'events')
        options='--after --cursor --verb --entity --row --not-from --limit -l --personal'
        case $before in
        --cursor) files=1 ;;
        --entity) values=$(arcore schema --format csv 2>/dev/null | sed '1d;s/,.*//') ;;
        esac ;;
    'history')
        options='--limit -l --personal'
        entity=1
        case $before in
        esac ;;
    'audit head')
        options=''
        case $before in
        esac ;;
    'audit seal')
        options='--max'
        case $before in
        esac ;;
    'audit verify')
        options='--anchor --chain-only --max'
        case $before in
        esac ;;
    'dump')
        options='--no-stamps'
        case $before in
        esac ;;
    'backup')
        options=''
        files=1
        case $before in
        esac ;;
    'restore')
        options=''
        files=1
        case $before in
        esac ;;
    'migrate')
        options=''
        case $before in
        esac ;;
    'bank read')
        options='--profile -p --encoding --currency --round'
        files=1
        case $before in
        --profile|-p) files=1 ;;
        esac ;;
    'bank import')
        options='--account --receive --strict --profile -p --encoding --currency --round'
        files=1
        case $before in
        --profile|-p) files=1 ;;
        esac ;;
    'bank receive')
        options='--statement --returns'
        case $before in
        esac ;;
    'bank undo')
        options=''
        case $before in
        esac ;;
    'bank findings')
        options=''
        case $before in
        esac ;;
    'schema')
        options='--codes --all -a'
        entity=1
        case $before in
        esac ;;
    'custom define')
        options='--kind --label-en --label-zh --size --choices --target --required --indexed --personal --json'
        entity=1
        case $before in
        --kind) values='text number money date bool choice choices reference' ;;
        --target) values=$(arcore schema --format csv 2>/dev/null | sed '1d;s/,.*//') ;;
        esac ;;
    'custom list')
        options='--all -a'
        entity=1
        case $before in
        esac ;;
    'custom retire')
        options=''
        entity=1
        case $before in
        esac ;;
    'access')
        options=''
        case $before in
        esac ;;
    'user add')
        options='--kind --team --region'
        case $before in
        --kind) values='person program external' ;;
        esac ;;
    'user list')
        options=''
        case $before in
        esac ;;
    'user disable')
        options=''
        case $before in
        esac ;;
    'user enable')
        options=''
        case $before in
        esac ;;
    'role list')
        options='--all -a'
        case $before in
        esac ;;
    'role show')
        options=''
        case $before in
        esac ;;
    'role install')
        options=''
        case $before in
        esac ;;
    'role define')
        options='--revise'
        files=1
        case $before in
        esac ;;
    'role retire')
        options=''
        case $before in
        esac ;;
    'role grant')
        options='--unit --from --to --reason'
        case $before in
        esac ;;
    'role revoke')
        options='--reason'
        case $before in
        esac ;;
    'role grants')
        options=''
        case $before in
        esac ;;
    'doctor')
        options='--full --strict'
        case $before in
        esac ;;
    'version')
        options=''
        case $before in
        esac ;;
    'completion')
        options=''
        arguments='bash zsh'
        case $before in
        esac ;;
    'man')
        options=''
        case $before in
        esac ;;
    'help')
        options=''
        arguments=$commands
        case $before in
        esac ;;
    *) arguments=$commands ;;
    esac
    COMPREPLY=()
    if [[ -n $values ]]; then
        COMPREPLY=($(compgen -W "$values" -- "$word"))
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options $globals" -- "$word"))
    elif [[ -n $arguments ]]; then
        COMPREPLY=($(compgen -W "$arguments" -- "$word"))
    elif [[ -n $entity ]]; then
        COMPREPLY=($(compgen -W "$(arcore schema --format csv 2>/dev/null | sed '1d;s/,.*//')" -- "$word"))
    elif [[ -n $files ]]; then
        local IFS=$'\n'
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -F _arcore -o filenames arcore
