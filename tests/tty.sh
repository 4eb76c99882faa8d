# shellcheck shell=sh
# Terminals for tests, by tmux(1): a server of our own, whose screens are read as text.

# tty_new COLUMNS ROWS COMMAND - runs COMMAND, a line for sh(1), on a new terminal; the last
# line of the screen says "end CODE" when it is over
tty_new() {
	ttys=$((${ttys-0} + 1))
	tty=$scratch/tmux.$ttys
	tmux -S "$tty" -f /dev/null new-session -d -x "$1" -y "$2" \
	    "PATH='$PATH' LC_ALL=C.UTF-8 TERM=screen B='$B'; export PATH LC_ALL TERM B; cd '$PWD'; $3; echo end \$?; exec sleep 300"
	later "tmux -S '$tty' kill-server 2>/dev/null || true"
}

# tty_text - what is on the screen
tty_text() {
	tmux -S "$tty" capture-pane -p
}

# tty_has PATTERN
tty_has() {
	tty_text | grep -q -e "$1"
}

# tty_type TEXT - as somebody types it
tty_type() {
	tmux -S "$tty" send-keys -- "$1"
}

# tty_end FILE - waits for the end, and puts the screen into FILE
tty_end() {
	wait_for 30 tty_has '^end [0-9]' || report 1 'the command ends'
	tty_text >"$1"
}
