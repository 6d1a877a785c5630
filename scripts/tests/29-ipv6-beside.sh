#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain sparc64-plain sparc64-debug-long; limit 30
#
# Where the kernel's own IPv6 is loaded, ours refuses to load, says why in a sentence, and harms nothing. And that one has the
# settings that ours is compared with.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

refused() {
	refuses insmod "$SXT_MODULES/sextant_ipv6.ko" || return
	! grep -q '^sextant_ipv6 ' /proc/modules || { fail "it is there"; return; }
	dmesg | tail -5 | grep -q 'sextant_ipv6: this kernel has IPv6 already' || { dmesg | tail -5; fail "no sentence"; }
}

# The names of ipv6.ko are not loaded twice either: the loader misses what they stand on before it sees them.
names_refused() {
	refuses insmod "$SXT_MODULES/sextant_ipv6_names.ko" || return
	! grep -q '^sextant_ipv6_names ' /proc/modules || { fail "it is there"; return; }
	dmesg | tail -40 | grep -q 'sextant_ipv6_names: Unknown symbol sxt_' || { dmesg | tail -5; fail "not for that"; return; }
	! dmesg | grep 'exports duplicate symbol'
}

# listed NAME: what sockets/NAME.list says that ipv6.ko has.
listed() { sed -n 's/^[ <] \([^ ]*\).*/\1/p' "$(dirname "$0")/sockets/$1.list" | LC_ALL=C sort > "$T/listed"; }

# ipv6.ko has the files that knobs.list says: 47 tells by it what ours has not, and has more.
files() {
	listed knobs
	find /proc/sys/net/ipv6 -type f | sed -E 's,^/proc/sys/net/ipv6/,,; s,^(conf|neigh)/[^/]*,\1/NAME,' | LC_ALL=C sort -u > "$T/there"
	diff "$T/listed" "$T/there"
}

# The same of proc.list, and 48.
proc_files() {
	listed proc
	{
		find /proc/net/ -type f | sed -E 's,^/proc/net/,,; /6/!d; /^ip6_tables_/d; s,^(dev_snmp6)/.*,\1/NAME,'
		sed -n '/Type/!s,^\([^ \t]*\).*,snmp6/\1,p' /proc/net/snmp6
		sed -n '/Type/!s,^\([^ \t]*\).*,dev_snmp6/NAME/\1,p' /proc/net/dev_snmp6/lo
	} | LC_ALL=C sort -u > "$T/there"
	diff "$T/listed" "$T/there"
}

must net_two
check refuses-beside-ipv6 refused
check names-refused-beside-ipv6 names_refused
check ipv6-works-on ping_ok a fd00:1::2
check files-of-net.ipv6-are-as-listed files
check files-of-proc-net-are-as-listed proc_files
ns_del a b
t_end
