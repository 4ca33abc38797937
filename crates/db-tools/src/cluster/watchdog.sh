# Runs a server for as long as standard input stays open, then ends it and removes its folder.
# Arguments: the folder, what ends the server (its process is $server), then the server's command.
# The output is the server's log. Whoever has it open holds its lock, which says that the folder is in use.
folder=$1 stop=$2
shift 2

"$@" </dev/null &
server=$!

# A background job reads /dev/null unless it is given something else by number.
exec 3<&0
{
    read -r _
    # Again and again: a server that is only just starting may not listen yet.
    tries=0
    while kill -0 "$server" && [ "$tries" -lt 50 ]; do
        eval "$stop"
        tries=$((tries + 1))
        sleep 0.1
    done
    kill -KILL "$server"
} <&3 >/dev/null 2>&1 &
reader=$!

wait "$server"
code=$?
kill "$reader" 2>/dev/null
# The server's own children may still be writing their last.
rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder"; }
exit "$code"
