# Completions of rca for bash. They ask rca itself, so that they know the values of the archive.
_rca() {
    local IFS=$'\v' words=() word line="${COMP_LINE:0:COMP_POINT}" i
    # Bash splits words at colons and equals signs; `service:billing` is one word here.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if ((i > 0)) && [[ -n $line && $line != [[:space:]]* ]]; then
            ((i < COMP_CWORD)) || word="$line"
            words[${#words[@]} - 1]+="$word"
        else
            line="${line#"${line%%[![:space:]]*}"}"
            ((i < COMP_CWORD)) || word="$line"
            words+=("$word")
        fi
        line="${line#"$word"}"
    done
    local cur="${words[${#words[@]} - 1]}"
    COMPREPLY=($(_CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$((${#words[@]} - 1))" RCA_COMPLETE=bash \
        "${words[0]/#\~/$HOME}" -- "${words[@]}" 2>/dev/null)) || COMPREPLY=()
    # Only what follows the last of these characters is replaced.
    local stay="${cur%"${cur##*[:=]}"}"
    if [[ -n $stay ]]; then
        for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]="${COMPREPLY[i]#"$stay"}"; done
    fi
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[:=/,] ]]; then compopt -o nospace; fi
}
complete -o bashdefault -F _rca rca
