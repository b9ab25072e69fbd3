# Starting and ending a process of which a script keeps record. Sourced by scripts/zeebe and scripts/zeebe-test-engine.
#
# It wants $run, the directory with the record, and $stop_seconds, after which a process is killed.
# shellcheck shell=bash

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

# Succeeds when something accepts connections on this port of 127.0.0.1.
is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# When the process with this id started, in whatever form the system tells it; empty when there is
# none. Kept beside the id, so that `stop` never ends a later process that was given the same id.
started_at() {
  if [[ -d /proc/self ]]; then
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    # The command's name may hold blanks: count the fields after its closing parenthesis.
    stat=${stat##*) }
    set -- $stat
    [[ $1 == Z ]] || printf '%s\n' "${20}"
  else
    ps -o lstart= -p "$1" 2>/dev/null || true
  fi
}

# Prints the id of the process that this script started, if it is still alive.
running_pid() {
  local pid start
  [[ -f $run/pid ]] || return 1
  read -r pid start <"$run/pid" || return 1
  [[ -n $pid && $(started_at "$pid") == "$start" ]] || return 1
  printf '%s\n' "$pid"
}

# Ends the process with this id and waits for it.
end() {
  local pid=$1 start waited=0
  start=$(started_at "$pid")
  kill "$pid" 2>/dev/null || true
  while [[ -n $start && $(started_at "$pid") == "$start" ]]; do
    if ((waited == stop_seconds * 5)); then
      say "process $pid still runs after $stop_seconds s: killing it"
      kill -KILL "$pid" 2>/dev/null || true
    fi
    ((waited < (stop_seconds + 10) * 5)) || fail "process $pid cannot be ended"
    waited=$((waited + 1))
    sleep 0.2
  done
}
