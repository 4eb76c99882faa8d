# shellcheck shell=bash
# What dpkg is given to run and to watch: maintainer scripts, debconf's files, triggers.

# ab_scripts - preinst, postinst, prerm and postrm, as the bundle has them, with what
# usergroup, alternatives and pax come to
ab_scripts() {
	local name text before after pax script
	for name in preinst postinst prerm postrm; do
		text=$(ab_script_text "$name")
		if [[ " ${AB_SKIP_MAINTSCRIPTS[*]} " == *" $name "* ]]; then
			[ -z "$text" ] || abdie "AB_SKIP_MAINTSCRIPTS: $name: the bundle has one" 65
			continue
		fi
		before=$(ab_script_users "$name")
		after=$(ab_script_alternatives "$name")
		pax=$(ab_script_pax "$name")
		after+=${pax:+${after:+$'\n'}$pax}
		[ -n "$text$before$after" ] || continue
		if [[ $text != '#!'* ]]; then
			text=$'#!/bin/bash\n'${before:+$before$'\n'}$text
		elif [ -n "$before$after" ] && [[ ${text%%$'\n'*} != *@(/sh|bash|dash)?( *) ]]; then
			abdie "autobuild/$name: usergroup, alternatives and pax add lines of shell, and this is no shell script" 65
		elif [ -n "$before" ]; then
			text=${text%%$'\n'*}$'\n'$before$'\n'${text#*$'\n'}
		fi
		script=$PKGDIR/DEBIAN/$name
		printf '%s\n' "$text" ${after:+"$after"} >"$script"
		chmod 755 "$script"
	done
	ab_debconf
	ab_triggers
}

# ab_script_text NAME - the bundle's own; of NAME.in, @VAR@ stands for the value of that
# variable.  A hook may have made NAME of NAME.in: then that is it.
ab_script_text() {
	local file
	if file=$(ab_find "$1"); then
		cat "$file"
	elif file=$(ab_find "$1.in"); then
		ab_substitute <"$file"
	fi
}

ab_substitute() {
	local line name
	while IFS= read -r line || [ -n "$line" ]; do
		while [[ $line =~ @([A-Z][A-Z0-9_]*)@ ]]; do
			name=${BASH_REMATCH[1]}
			abisdefined "$name" || abwarn "@$name@: nothing sets that variable, so it is empty"
			printf '%s%s' "${line%%"@$name@"*}" "${!name-}"
			line=${line#*"@$name@"}
		done
		printf '%s\n' "$line"
	done
}

# ab_script_users NAME - for postinst, what usergroup asks for, before what may use it:
#	group NAME GID
#	user NAME UID GROUP HOME COMMENT SHELL [GROUP]...
ab_script_users() (
	[ "$1" = postinst ] && file=$(ab_find usergroup) || exit 0
	group() {
		echo "getent group $1 >/dev/null || groupadd --system --gid $2 $1"
	}
	user() {
		local name=$1 more
		echo "getent passwd $name >/dev/null ||"
		printf '\tuseradd --system --no-create-home --uid %q --gid %q --home-dir %q --comment %q --shell %q %q\n' \
		    "$2" "$3" "$4" "$5" "$6" "$name"
		shift 6
		for more; do
			echo "usermod --append --groups $more $name"
		done
	}
	# shellcheck source=/dev/null
	. "$file"
)

# ab_script_alternatives NAME - "alternative LINK PATH PRIORITY ...", in threes
ab_script_alternatives() (
	file=$(ab_find alternatives) || exit 0
	which=$1
	alternative() {
		while [ "$#" -ge 3 ]; do
			case $which in
			postinst) echo "update-alternatives --install $(argprint "$1" "${1##*/}" "$2" "$3")--quiet" ;;
			prerm)
				echo "if [ \"\$1\" != upgrade ]; then"
				printf '\tupdate-alternatives --remove %q %q\nfi\n' "${1##*/}" "$2" ;;
			esac
			shift 3
		done
		[ "$#" -eq 0 ] || abdie "autobuild/alternatives: '$*': wants LINK PATH PRIORITY" 65
	}
	# shellcheck source=/dev/null
	. "$file"
)

# ab_script_pax NAME - "abpaxctl FLAGS PROGRAM...": marks for kernels that have PaX
ab_script_pax() (
	[ "$1" = postinst ] && file=$(ab_find pax) || exit 0
	abpaxctl() {
		local marks=$1 program
		shift
		echo 'if [ -x /usr/bin/paxctl-ng ]; then'
		for program; do
			printf '\t/usr/bin/paxctl-ng -v %q %q\n' "-$marks" "$program"
		done
		echo fi
	}
	# shellcheck source=/dev/null
	. "$file"
)

# ab_debconf - questions and who asks them.  Without templates there is nothing to ask:
# then config is a file of that name which the hooks know, as the kernels have.
ab_debconf() {
	local templates=$SRCDIR/autobuild/templates config=$SRCDIR/autobuild/config text
	if [ -f "$templates" ]; then
		install -m 644 "$templates" "$PKGDIR/DEBIAN/templates"
		[ -f "$config" ] || return 0
		text=$(<"$config")
		[[ $text == '#!'* ]] || text=$'#!/bin/bash\n'$text
		printf '%s\n' "$text" >"$PKGDIR/DEBIAN/config"
		chmod 755 "$PKGDIR/DEBIAN/config"
	elif [ -f "$config" ]; then
		abinfo 'autobuild/config is not for debconf: there are no templates'
	fi
}

ab_triggers() {
	local file
	file=$(ab_find triggers) || return 0
	install -m 644 "$file" "$PKGDIR/DEBIAN/triggers"
}
