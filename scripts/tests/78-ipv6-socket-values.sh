#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain sparc64-plain; limit 60; ipv6 sextant
#
# What sockets of our own IPv6 tell, to the byte, on either byte order: ancillary data, errors, options, groups, files of
# /proc/net, and packets as they are on the wire. ipv6.ko tells the same (`run --ipv6 kernel` shows it), but of a flow label
# that nobody has leased.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# Beside net_two a second wire, an address of b by either, and one of a that is no source unless it is asked for; on the
# first wire checksums are there when packets leave.
second_wire() {
	wire a wa b wb || return
	ip_all a <<-END || return
		addr add fd00:1::11/64 dev va nodad preferred_lft 0
		addr add fe80::a/64 dev va nodad
		addr add fd00:2::1/64 dev wa nodad
		route add fd00:77::1 via fd00:1::2 metric 100
		route add fd00:77::1 via fd00:2::2 metric 200
	END
	ip_all b <<-END || return
		addr add fd00:1::12/64 dev vb nodad
		addr add fe80::b/64 dev vb nodad
		addr add fd00:2::2/64 dev wb nodad
		addr add fd00:77::1/128 dev lo nodad
	END
	in_ns b sysctl -qw net.ipv6.icmp.ratelimit=0 && in_ns a sysctl -qw net.ipv6.auto_flowlabels=0 &&
		in_ns a sysctl -qw net.ipv4.ping_group_range='0 2147483647' &&
		in_ns a ethtool -K va tx off && net_meet a fd00:2::2
}

# subjects: a line for each, with "same" in front if sock6 has told of it what sockets/values.expected says; of others the
# two texts are in $T/want.SUBJECT and $T/told.SUBJECT.
# shellcheck disable=SC2016 # awk's own variables
subjects() {
	sock6 > "$T/told" 2>&1
	awk -v dir="$T" '
	/^== / {
		name = $2
		if (!(name in known))
			order[++number] = name
		known[name] = 1
		next
	}
	NR == FNR { want[name] = want[name] $0 "\n"; next }
	{ told[name] = told[name] $0 "\n" }
	END {
		for (i = 1; i <= number; i++) {
			name = order[i]
			print want[name] == told[name] ? "same" : "other", name
			if (want[name] != told[name]) {
				printf "%s", want[name] > (dir "/want." name)
				printf "%s", told[name] > (dir "/told." name)
			}
		}
	}' "$(dirname "$0")/sockets/values.expected" "$T/told"
}
told() { [ "$1" = same ] || diff "$T/want.$2" "$T/told.$2"; }

must net_two
must second_wire
subjects > "$T/subjects"
while read -r verdict subject; do
	check "$subject" told "$verdict" "$subject"
done < "$T/subjects"
ns_del a b
t_end
