# shellcheck shell=bash
# Compilers, what they are told, and how many run at once.

# ab_tools - CC and its kin, as the defines want them
ab_tools() {
	local c=gcc cxx=g++
	! bool "$USECLANG" || c=clang cxx=clang++
	if [ "$ABHOST" != noarch ]; then
		export CC=${CC:-$c} CXX=${CXX:-$cxx} OBJC=${OBJC:-$c} OBJCXX=${OBJCXX:-$cxx}
	fi
	if bool "$NOPARALLEL"; then
		abinfo 'NOPARALLEL: one job at a time'
		ABTHREADS=1 MAKEFLAGS=-j1
	elif [[ ${MAKEFLAGS-} != *--jobserver-auth=fifo:* || $ABTHREADS != "${AOINB_JOBS-}" ]]; then
		MAKEFLAGS=-j$ABTHREADS
	fi
	export MAKEFLAGS ABTHREADS
}

# ab_flags - what the switches of the defines come to.  Flags that the defines set by
# themselves stay, after these; but the ones for the processor are the compiler's own.
ab_flags() {
	local c=() cpp=() ld=() rust=() given=("$CFLAGS" "$CXXFLAGS" "$CPPFLAGS" "$LDFLAGS")
	ab_flags_optimise
	ab_flags_harden
	ab_flags_lto
	if bool "$ABSPLITDBG"; then
		c+=(-ggdb)
		ld+=('-Wl,--build-id=sha1')
		rust+=(-Cdebuginfo=1)
	fi
	CFLAGS="${c[*]}${given[0]:+ ${given[0]}}"
	CXXFLAGS="${c[*]}${given[1]:+ ${given[1]}}"
	CPPFLAGS="${cpp[*]}${given[2]:+ ${given[2]}}"
	LDFLAGS="${ld[*]}${given[3]:+ ${given[3]}}"
	RUSTFLAGS="${rust[*]}${RUSTFLAGS:+ $RUSTFLAGS}"
	export CFLAGS CXXFLAGS CPPFLAGS LDFLAGS RUSTFLAGS GOFLAGS
	export OBJCFLAGS=$CFLAGS OBJCXXFLAGS=$CXXFLAGS
	export CGO_CFLAGS=$CFLAGS CGO_CXXFLAGS=$CXXFLAGS CGO_CPPFLAGS=$CPPFLAGS CGO_LDFLAGS=$LDFLAGS
}

ab_flags_optimise() {
	local level=-O2
	! bool "$AB_FLAGS_O3" || level=-O3
	! bool "$AB_FLAGS_OS" || level=-Os
	c+=("$level" -pipe)
	! bool "$AB_FLAGS_O3" || rust+=(-Copt-level=3)
	! bool "$AB_FLAGS_EXC" || c+=(-fexceptions)
	! bool "$AB_FLAGS_Y2038" || cpp+=(-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)
	if bool "$AB_FLAGS_ATOMIC"; then
		c+=(-latomic)
		ld+=(-latomic)
	fi
	if bool "$USECLANG"; then
		! bool "$AB_FLAGS_PIC" || c+=(-fPIC)
		! bool "$AB_FLAGS_PIE" || ld+=(-pie)
	fi
}

ab_flags_harden() {
	! bool "$AB_FLAGS_FTF" || cpp+=(-D_FORTIFY_SOURCE=2)
	! bool "$AB_FLAGS_SSP" || c+=(-fstack-protector-strong)
	! bool "$AB_FLAGS_SCP" || c+=(-fstack-clash-protection)
	! bool "$AB_FLAGS_RRO" || ld+=('-Wl,-z,relro')
	! bool "$AB_FLAGS_NOW" || ld+=('-Wl,-z,now')
	if bool "$AB_FLAGS_CFP"; then
		case $ARCH in
		amd64) c+=(-fcf-protection=full) ;;
		arm64) c+=(-mbranch-protection=standard) ;;
		esac
	fi
	! bool "$AB_SAN_ADD" || c+=(-fsanitize=address)
	! bool "$AB_SAN_THR" || c+=(-fsanitize=thread)
	! bool "$AB_SAN_LEK" || c+=(-fsanitize=leak)
}

# ab_flags_lto - for who asks; NOLTO=1 also goes to linkers that would do it by themselves
ab_flags_lto() {
	local lto=-flto=auto
	! bool "$USECLANG" || lto=-flto
	if bool "$NOLTO"; then
		ld+=(-fno-lto)
	elif [ -n "$NOLTO" ] || bool "$USELTO"; then
		c+=("$lto")
		ld+=("$lto")
		if ! bool "$NOSTATIC" || bool "$FATLTO"; then
			c+=(-ffat-lto-objects)
		fi
	fi
}
