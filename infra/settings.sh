# shellcheck shell=bash
# Sourced. `settings <infra/local.toml` exports what stands there, for servers on $PORT and $AWS_PORT; what the caller has set stays.
settings() {
    local line name value
    while IFS= read -r line; do
        [[ $line =~ ^([A-Z0-9_]+)\ =\ \'(.*)\'$ ]] || continue
        name=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
        value=${value//127.0.0.1:9000/127.0.0.1:$PORT}
        value=${value//127.0.0.1:9100/127.0.0.1:$AWS_PORT}
        export "$name=${!name-$value}"
    done
}

# `forget_settings <infra/local.toml` unsets what stands there, also what is optional: scripts that test do not want what their caller has
# exported for a deployment.
forget_settings() {
    local line
    while IFS= read -r line; do
        [[ ! $line =~ ^(#\ )?([A-Z0-9_]+)\ =\  ]] || unset "${BASH_REMATCH[2]}"
    done
}
